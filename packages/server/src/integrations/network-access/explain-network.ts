// The port of explanations: who on the network has been told of the decision about a device, and what RADIUS was answered last.
import { narrateAnswer, narrateTelling } from '@gatehouse/core/network-access/explain-telling.ts';
import type { ExplainNetwork } from '../../modules/compliance/index.ts';
import { findLastAnswer, tellingsOfDevice } from './tellings-queries.ts';

export const explainNetwork: ExplainNetwork = async (tx, deviceId, now, language) => {
  const [rows, answer] = await Promise.all([
    tellingsOfDevice(tx, deviceId, new Date(now)),
    findLastAnswer(tx, deviceId),
  ]);
  const tellings = rows.map(({ kind, name, told_at, waiting, problem }) => ({
    kind,
    name,
    toldAt: told_at?.getTime() ?? null,
    waiting,
    problem,
  }));
  const lastAnswer =
    answer === undefined
      ? null
      : { decision: answer.decision, rule: answer.rule, at: answer.answered_at.getTime() };
  return {
    tellings,
    lastAnswer,
    text: [
      ...tellings.map((telling) => narrateTelling(telling, language)),
      ...(lastAnswer === null ? [] : [narrateAnswer(lastAnswer, language)]),
    ],
  };
};
