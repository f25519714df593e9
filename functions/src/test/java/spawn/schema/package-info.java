/**
 * The JSON Schemas in {@code schema/}, by which editors check payloads while they are written: made
 * from the declarations that the readers go by, and held to what the readers take.
 */
package spawn.schema;
