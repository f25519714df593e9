/**
 * Reading JSON that people write: objects member by member, with every problem noted by its JSON
 * path, and suggestions for misspelt names. It knows nothing of what the members mean.
 */
package spawn.payload;
