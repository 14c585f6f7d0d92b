/** Operations in components: reading, lists that grow, edits that are refused when somebody else was faster, and changes. */
import {
  keepPreviousData,
  QueryClient,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import { useLive } from '../live/use-live.ts';
import {
  type Answered,
  type AnswerOf,
  type ArgumentsOf,
  call,
  type Operation,
  type OperationTypes,
} from './call.ts';
import { type ApiProblem, isApiProblem } from './problem.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && isApiProblem(error) && error.mayPass,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});

export interface ReadOptions {
  /** False: not yet. */
  readonly enabled?: boolean;
  /** News after which it is read again: names of events, or `device.*`. */
  readonly live?: readonly string[];
  /** Asked again this often, milliseconds. */
  readonly every?: number;
  /** What stood there stays, dimmed by whoever draws it, until the new is there. */
  readonly keep?: boolean;
}

type Typed<Types extends OperationTypes, Path extends string> = Operation<Types, Path>;

const keyOf = (asked: { readonly id: string }, given: unknown) => [asked.id, given] as const;

/** One answer, read when the component appears and after the news that concern it. */
export function useRead<Types extends OperationTypes, Path extends string>(
  asked: Typed<Types, Path>,
  given: ArgumentsOf<Types, Path>,
  options: ReadOptions = {},
): UseQueryResult<AnswerOf<Types>, ApiProblem> {
  useRefreshOn(asked, options.live);
  return useQuery({
    queryKey: keyOf(asked, given),
    queryFn: async ({ signal }) => (await call(asked, { ...given, signal })).answer ?? null,
    enabled: options.enabled ?? true,
    ...(options.every === undefined ? {} : { refetchInterval: options.every }),
    ...(options.keep ? { placeholderData: keepPreviousData as never } : {}),
  }) as UseQueryResult<AnswerOf<Types>, ApiProblem>;
}

/** Apart from what is only read: news refresh that, and must not bring a form an ETag that its editor has not seen the thing of. */
export const editableKeyOf = (asked: { readonly id: string }, given: unknown) =>
  ['editable', asked.id, given] as const;

/** One thing that is about to be edited, with the ETag that its change is bound to. News do not change it under the hands. */
export function useEditable<Types extends OperationTypes, Path extends string>(
  asked: Typed<Types, Path>,
  given: ArgumentsOf<Types, Path>,
  options: Pick<ReadOptions, 'enabled'> = {},
): UseQueryResult<Answered<AnswerOf<Types>>, ApiProblem> {
  return useQuery({
    queryKey: editableKeyOf(asked, given),
    queryFn: ({ signal }) => call(asked, { ...given, signal }),
    enabled: options.enabled ?? true,
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  }) as UseQueryResult<Answered<AnswerOf<Types>>, ApiProblem>;
}

interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

type ItemOf<Types extends OperationTypes> = Types['answer'] extends PageOf<infer Item> ? Item : never;

export interface List<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly isLoadingMore: boolean;
  /** Nothing has come yet. */
  readonly isPending: boolean;
  /** What is shown belongs to the filter before. */
  readonly isStale: boolean;
  readonly error: ApiProblem | null;
  readonly refetch: () => void;
}

/** A list that grows page by page. */
export function useList<Types extends OperationTypes, Path extends string>(
  asked: Typed<Types, Path>,
  given: ArgumentsOf<Types, Path>,
  options: ReadOptions = {},
): List<ItemOf<Types>> {
  useRefreshOn(asked, options.live);
  const result = useInfiniteQuery({
    queryKey: [asked.id, given, 'list'],
    queryFn: async ({ signal, pageParam }) =>
      (
        await call(asked, {
          ...given,
          query: { ...given.query, cursor: pageParam },
          signal,
        } as ArgumentsOf<Types, Path>)
      ).answer as PageOf<ItemOf<Types>>,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.nextCursor,
    enabled: options.enabled ?? true,
    placeholderData: keepPreviousData,
    ...(options.every === undefined ? {} : { refetchInterval: options.every }),
  }) as UseInfiniteQueryResult<{ pages: PageOf<ItemOf<Types>>[] }, ApiProblem>;
  const pages = result.data?.pages;
  const items = useMemo(() => (pages ?? []).flatMap((page) => page.items), [pages]);
  return {
    items,
    hasMore: result.hasNextPage,
    loadMore: () => {
      if (result.hasNextPage && !result.isFetchingNextPage) void result.fetchNextPage();
    },
    isLoadingMore: result.isFetchingNextPage,
    isPending: result.isPending,
    isStale: result.isPlaceholderData,
    error: result.error,
    refetch: () => void result.refetch(),
  };
}

export interface ChangeOptions<Answer> {
  /** Whose answers are other ones now. */
  readonly refreshes?: readonly { readonly id: string }[];
  readonly onDone?: (answer: Answer) => void;
  readonly onError?: (problem: ApiProblem) => void;
}

/** Something that changes the server: `change.mutate({ params, body, ifMatch })`. */
export function useChange<Types extends OperationTypes, Path extends string>(
  asked: Typed<Types, Path>,
  options: ChangeOptions<AnswerOf<Types>> = {},
): UseMutationResult<AnswerOf<Types>, ApiProblem, ArgumentsOf<Types, Path>> {
  const client = useQueryClient();
  return useMutation<AnswerOf<Types>, ApiProblem, ArgumentsOf<Types, Path>>({
    mutationFn: async (given) => (await call(asked, given)).answer,
    onSuccess: async (answer) => {
      await Promise.all(
        (options.refreshes ?? [])
          .flatMap(({ id }) => [[id], ['editable', id]])
          .map((queryKey) => client.invalidateQueries({ queryKey })),
      );
      options.onDone?.(answer);
    },
    ...(options.onError === undefined ? {} : { onError: options.onError }),
  });
}

function useRefreshOn(asked: { readonly id: string }, names: readonly string[] | undefined): void {
  const client = useQueryClient();
  useLive(names ?? none, () => void client.invalidateQueries({ queryKey: [asked.id] }));
}
const none: readonly string[] = [];
