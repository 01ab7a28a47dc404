// Who else answers on the server's port? Paths that are no part of the venue, so that no fault and no limit touches them.
import type { VenueReply, VenueRequest } from '../venues/venue-codec.ts';

export interface SideDoor {
  owns(path: string): boolean;
  handle(request: VenueRequest): Promise<VenueReply>;
  /** Answers one text frame with one; the order of the answers is that of the frames. */
  answer(text: string): Promise<string>;
}
