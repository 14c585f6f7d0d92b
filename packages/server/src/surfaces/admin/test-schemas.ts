import serializerCompilers from '@fastify/fast-json-stringify-compiler';
import { Compile } from 'typebox/schema';
import { type AdminRoute, closedObject } from '../../kernel/http/route.ts';

/**
 * Compiles what a server compiles at the first request to a route only.
 * @throws Error for a schema that cannot be compiled.
 */
export function compileSchemas(routes: readonly AdminRoute[]): void {
  const compileAnswer = serializerCompilers()({}, {});
  for (const { method, path: url, body, query = {}, params = {}, response } of routes) {
    for (const schema of [closedObject(query), closedObject(params), body])
      if (schema !== undefined) Compile(schema);
    for (const [httpStatus, schema] of Object.entries(response))
      if (typeof schema === 'object' && schema !== null) compileAnswer({ method, url, httpStatus, schema });
  }
}
