// The points of view that a review may be asked to take, as the server knows them.

export const REVIEWERS = {
  correctness: 'What the code does against what it is meant to do',
  security: 'What a hostile input or caller could reach',
  performance: 'Time and memory that grow where they need not',
  concurrency: 'What happens when it runs twice at once',
  tests: 'What no test would notice',
  api: 'What callers rely on, and what surprises them',
  readability: 'What the next reader stumbles over',
} as const;

export type Reviewer = keyof typeof REVIEWERS;
