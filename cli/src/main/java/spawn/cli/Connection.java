package spawn.cli;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.CloudFormationException;
import software.amazon.awssdk.services.cloudformation.model.Output;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * A stack and the account that it is in: clients, made when they are first used, and the stack's
 * outputs, read once.
 */
final class Connection {
  /** A function runs for 15 minutes at most, and answers only then. */
  private static final Duration LONGEST_FUNCTION = Duration.ofMinutes(16);

  /** As the names of regions are formed; a part of the hosts that are called. */
  private static final Pattern REGION = Pattern.compile("[a-z]{2,}(-[a-z]+)+-\\d+");

  private final String stackName;
  private final Optional<String> region;
  private final Optional<String> profile;
  private final SdkHttpClient http = UrlConnectionHttpClient.create();
  private final SdkHttpClient patient =
      UrlConnectionHttpClient.builder().socketTimeout(LONGEST_FUNCTION).build();
  private final Map<String, String> outputs = new HashMap<>();
  private AwsCredentialsProvider credentials;

  Connection(String stackName, Optional<String> region, Optional<String> profile) {
    this.stackName = stackName;
    this.region = region;
    this.profile = profile;
  }

  /** Returns the stack's name. */
  String stackName() {
    return stackName;
  }

  /**
   * Returns the stack's region: as the option says, or where the AWS CLI would look.
   *
   * @throws CommandFailure if no region is set anywhere
   */
  Region region() {
    return region
        .map(Connection::regionNamed)
        .or(this::regionOfTheEnvironment)
        .orElseThrow(
            () ->
                CommandFailure.wrongCall(
                    "No region is set: give --region, set AWS_REGION, or run aws configure."));
  }

  /** Returns the region that the command line names, and no other. */
  Optional<Region> chosenRegion() {
    return region.map(named -> region());
  }

  /** Returns the profile that the command line names. */
  Optional<String> profile() {
    return profile;
  }

  private static Region regionNamed(String name) {
    if (!REGION.matcher(name).matches()) {
      throw NoAnswer.noSuchRegion(name);
    }
    return Region.of(name);
  }

  private Optional<Region> regionOfTheEnvironment() {
    DefaultAwsRegionProviderChain.Builder chain = DefaultAwsRegionProviderChain.builder();
    profile.ifPresent(chain::profileName);
    try {
      return Optional.ofNullable(chain.build().getRegion()).map(found -> regionNamed(found.id()));
    } catch (SdkClientException none) {
      return Optional.empty();
    }
  }

  /**
   * Returns one of the stack's outputs.
   *
   * @throws CommandFailure if there is no such stack, or it is older than this command and lacks
   *     the output
   */
  String output(String key) {
    return findOutput(key)
        .orElseThrow(
            () ->
                CommandFailure.wrongCall(
                    "The stack %s in %s has no output %s: it is not a stack of spawn, or an older one that has to be deployed anew."
                        .formatted(stackName, region(), key)));
  }

  /**
   * Returns an output that the stack may lack.
   *
   * @throws CommandFailure if there is no such stack
   */
  Optional<String> findOutput(String key) {
    return Optional.ofNullable(outputs().get(key));
  }

  /**
   * Returns all of the stack's outputs by their names.
   *
   * @throws CommandFailure if there is no such stack
   */
  Map<String, String> outputs() {
    if (outputs.isEmpty()) {
      outputs.putAll(readOutputs());
    }
    return Map.copyOf(outputs);
  }

  private Map<String, String> readOutputs() {
    try (CloudFormationClient cloudFormation = cloudFormation()) {
      Map<String, String> found = new HashMap<>();
      for (Stack stack :
          cloudFormation.describeStacks(asked -> asked.stackName(stackName)).stacks()) {
        stack
            .outputs()
            .forEach((Output output) -> found.put(output.outputKey(), output.outputValue()));
      }
      return found;
    } catch (CloudFormationException refused) {
      // CloudFormation answers a name that it does not know with a ValidationError.
      if (refused.awsErrorDetails() != null
          && refused.awsErrorDetails().errorMessage() != null
          && refused.awsErrorDetails().errorMessage().contains("does not exist")) {
        throw CommandFailure.wrongCall(
            "There is no stack %s in %s: deploy it with sam deploy, or name another by --stack, --region or --profile."
                .formatted(stackName, region()));
      }
      throw refused;
    }
  }

  /** Returns a client of Step Functions in the stack's region. */
  SfnClient stepFunctions() {
    return client(SfnClient.builder(), region());
  }

  /**
   * Returns a client of Lambda in the stack's region, which waits as long as a function may run.
   */
  LambdaClient lambda() {
    return client(LambdaClient.builder(), region(), patient);
  }

  /** Returns a client of STS in the stack's region. */
  StsClient sts() {
    return client(StsClient.builder(), region());
  }

  /** Returns a client of CloudFormation in the stack's region. */
  CloudFormationClient cloudFormation() {
    return client(CloudFormationClient.builder(), region());
  }

  /** Returns a client of IAM. */
  IamClient iam() {
    return client(IamClient.builder(), region());
  }

  /** Returns a client of Systems Manager in a region. */
  SsmClient systemsManager(Region itsRegion) {
    return client(SsmClient.builder(), itsRegion);
  }

  /**
   * Returns a client of Systems Manager that tries nothing a second time, for a call whose answer
   * may be lost although it was heard.
   */
  SsmClient systemsManagerOnce(Region itsRegion) {
    return clientOf(
        SsmClient.builder(),
        itsRegion,
        http,
        options -> options.retryStrategy(AwsRetryStrategy.doNotRetry()));
  }

  /** Returns a client of EC2 in a region. */
  Ec2Client ec2(Region itsRegion) {
    return client(Ec2Client.builder(), itsRegion);
  }

  private <C, B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>> C client(
      B builder, Region itsRegion) {
    return client(builder, itsRegion, http);
  }

  private <C, B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>> C client(
      B builder, Region itsRegion, SdkHttpClient by) {
    return clientOf(builder, itsRegion, by, options -> {});
  }

  private <C, B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>> C clientOf(
      B builder,
      Region itsRegion,
      SdkHttpClient by,
      Consumer<ClientOverrideConfiguration.Builder> more) {
    return builder
        .overrideConfiguration(
            options -> {
              profile.ifPresent(options::defaultProfileName);
              more.accept(options);
            })
        .credentialsProvider(credentials())
        .httpClient(by)
        .region(itsRegion)
        .build();
  }

  /** Returns what gives the credentials; they are looked up once for all clients. */
  AwsCredentialsProvider credentials() {
    if (credentials == null) {
      credentials = Credentials.of(profile);
    }
    return credentials;
  }
}
