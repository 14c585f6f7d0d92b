// What the server says about fields, one line each; anything else as everywhere.
import { Alert, List } from '@mantine/core';
import { type ApiProblem, isApiProblem } from '../../../api/problem.ts';
import { Failure } from '../../../design/failure.tsx';
import { Plain } from '../../../design/plain.tsx';
import { policyTexts } from '../texts.ts';
import { resourceTexts } from './texts.ts';

export function ServerProblem({ problem }: { problem: ApiProblem }) {
  const t = resourceTexts.use();
  const tp = policyTexts.use();
  const { problems } = problem.context;
  if (isApiProblem(problem, 'name-taken')) return <Alert color="red" role="alert" title={tp('nameTaken')} />;
  if (!Array.isArray(problems)) return <Failure problem={problem} />;
  return (
    <Alert color="red" role="alert" title={t('serverSays')}>
      <List size="sm">
        {problems.slice(0, 20).map((text) => (
          <List.Item key={String(text)}>
            <Plain text={String(text)} />
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
