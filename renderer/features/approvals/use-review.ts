import { createContext, useContext } from 'react';

/** Opens the card of one approval over the page. */
export const ReviewContext = createContext<(approvalId: string) => void>(() => undefined);

export function useReview(): (approvalId: string) => void {
  return useContext(ReviewContext);
}
