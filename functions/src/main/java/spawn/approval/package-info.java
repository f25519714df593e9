/** What people are asked before a launch, what they answer, and the record of it that counts. */
package spawn.approval;
