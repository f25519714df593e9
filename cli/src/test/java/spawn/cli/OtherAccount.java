package spawn.cli;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.EntityAlreadyExistsException;
import spawn.local.LocalStack;

/** Another account on the local stack's servers: moto tells it by a header of its own. */
final class OtherAccount {
  private final String account;
  private final LocalStack stack;

  OtherAccount(String account, LocalStack stack) {
    this.account = account;
    this.stack = stack;
  }

  /**
   * Makes {@code RemoteAccessRole}, which may read S3, and which a role of the stack's account may
   * assume.
   */
  void sharesABucketWith(String role) {
    shares("RemoteAccessRole", role);
  }

  /**
   * Makes a role that may read S3, and which a role of the stack's account may assume.
   *
   * @param its the name of the other account's role
   * @param role the name of the stack's account's, with its path
   */
  void shares(String its, String role) {
    try (IamClient iam = iam()) {
      iam.createRole(
          create ->
              create
                  .roleName(its)
                  .assumeRolePolicyDocument(
                      """
                      {
                        "Version": "2012-10-17",
                        "Statement": [{
                          "Effect": "Allow",
                          "Principal": { "AWS": "arn:aws:iam::%s:role/%s" },
                          "Action": "sts:AssumeRole"
                        }]
                      }
                      """
                          .formatted(stack.account(), role)));
      iam.attachRolePolicy(
          attach ->
              attach.roleName(its).policyArn("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"));
    } catch (EntityAlreadyExistsException madeBefore) {
      return;
    }
  }

  private IamClient iam() {
    return IamClient.builder()
        .endpointOverride(URI.create("http://127.0.0.1:" + (stack.port() + 1)))
        .region(Region.of(stack.region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .overrideConfiguration(options -> options.putHeader("x-moto-account-id", account))
        .build();
  }
}
