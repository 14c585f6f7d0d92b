/** The server's own TLS identity. */
export { openServerTls, type ServerTls, type ServerTlsOptions } from './server-tls.ts';
