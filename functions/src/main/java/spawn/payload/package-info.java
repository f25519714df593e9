/**
 * Payloads that people write: what members an object may have ({@link spawn.payload.Fields}), of
 * which kind each is ({@link spawn.payload.Kind}), and their reading, with every problem noted by
 * its JSON path and suggestions for misspelt names. It knows nothing of what the members mean.
 */
package spawn.payload;
