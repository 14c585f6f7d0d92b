// What the author of a rule should hear of it.
import { Alert, List } from '@mantine/core';

export function Warnings({ title, warnings }: { title: string; warnings: readonly string[] }) {
  return (
    <Alert color="orange" variant="light" title={title}>
      <List size="sm">
        {warnings.map((warning) => (
          <List.Item key={warning}>{warning}</List.Item>
        ))}
      </List>
    </Alert>
  );
}
