/**
 * What short policy words, statements and documents mean: a canonical IAM document, its hash, and
 * the warnings about it.
 *
 * <p>Pure: no AWS client, no clock, no randomness.
 */
package spawn.policy;
