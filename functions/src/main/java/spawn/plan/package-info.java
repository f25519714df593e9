/**
 * What a payload would make, asked of AWS: what becomes of the role, what it grants more and less
 * than what is there, what room is left, and a hash by which two plans are compared. It only reads.
 */
package spawn.plan;
