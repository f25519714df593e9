/** The instance profile that hands a role to instances, and the proof that EC2 sees it. */
package spawn.profile;
