package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A command on a computer from which AWS is not reached, or with credentials that are none, through
 * the SDK itself: one sentence that says what to do, and no stack trace.
 */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
@SuppressWarnings("try") // a server answers without being named
class UnreachedAwsTest {
  private final Map<String, String> before = new LinkedHashMap<>();
  private final TypedShell shell = new TypedShell(Map.of());

  @TempDir Path folder;

  @BeforeEach
  void nothingIsSet() throws IOException {
    set("aws.configFile", null);
    set("aws.sharedCredentialsFile", null);
    set("aws.disableEc2Metadata", "true");
    set("aws.maxAttempts", "1");
    set("aws.region", "us-east-1");
    set("aws.endpointUrl", null);
    set("aws.accessKeyId", null);
    set("aws.secretAccessKey", null);
    set("user.home", folder.toString());
    files("", "");
  }

  @AfterEach
  void asItWas() {
    before.forEach(
        (property, value) -> {
          if (value == null) {
            System.clearProperty(property);
          } else {
            System.setProperty(property, value);
          }
        });
  }

  private void set(String property, String value) {
    before.putIfAbsent(property, System.getProperty(property));
    if (value == null) {
      System.clearProperty(property);
    } else {
      System.setProperty(property, value);
    }
  }

  private void files(String config, String credentials) throws IOException {
    Path ofConfig = Files.writeString(folder.resolve("config"), config);
    Path ofCredentials = Files.writeString(folder.resolve("credentials"), credentials);
    set("aws.configFile", ofConfig.toString());
    set("aws.sharedCredentialsFile", ofCredentials.toString());
  }

  private void keys() {
    set("aws.accessKeyId", "AKIAIOSFODNN7EXAMPLE");
    set("aws.secretAccessKey", "secret");
  }

  private String refused(int exitCode, String... options) {
    String[] words = new String[options.length + 1];
    words[0] = "iam-audit";
    System.arraycopy(options, 0, words, 1, options.length);
    assertThat(shell.run(words)).describedAs(shell.err()).isEqualTo(exitCode);
    assertThat(shell.out()).isEmpty();
    assertThat(shell.err().lines()).hasSize(1);
    assertThat(shell.err())
        .startsWith("spawn iam-audit: ")
        .doesNotContain("software.amazon", "\tat ", "null", "SdkClientException");
    return shell.err();
  }

  @Test
  void noCredentials() {
    assertThat(refused(2)).contains("No AWS credentials were found", "aws configure", "--profile");
  }

  @Test
  void aProfileThatDoesNotExist() throws IOException {
    files("[profile devel]\nregion = eu-west-1\n", "");
    assertThat(refused(2, "--profile", "devl"))
        .contains("There is no profile devl", "Did you mean \"devel\"?");
    files("", "");
    assertThat(refused(2, "--profile", "devl")).contains("aws configure --profile devl");
  }

  @Test
  void aProfileOfTheCommandLineComesBeforeTheKeysOfTheEnvironment() throws IOException {
    keys();
    files("[profile empty]\nregion = eu-west-1\n", "");
    assertThat(refused(2, "--profile", "empty")).contains("The profile empty has no credentials");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[default]\nregion us-east-1\n",
        "region = x\n[default]\n",
        "[default\nregion = x\n",
      })
  void aBrokenConfig(String config) throws IOException {
    files(config, "");
    assertThat(refused(2)).contains("~/.aws/config or ~/.aws/credentials cannot be read", "line ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sso_session = my;sso_account_id = 111122223333;sso_role_name = R;[sso-session my];sso_region = us-east-1;sso_start_url = https://x.awsapps.com/start|aws sso login --profile p",
        "sso_region = us-east-1;sso_start_url = https://x.awsapps.com/start;sso_account_id = 111122223333;sso_role_name = R|aws sso login --profile p",
        "role_arn = arn:aws:iam::111122223333:role/x;source_profile = gone|takes its credentials from the profile gone",
        "role_arn = arn:aws:iam::111122223333:role/x;source_profile = p|take their credentials from each other",
        "role_arn = arn:aws:iam::111122223333:role/x|p",
        "role_arn = arn:aws:iam::111122223333:role/x;web_identity_token_file = /not/there|/not/there",
        "credential_process = false|credential_process of the profile p gave no credentials",
        "credential_process = /not/there|credential_process of the profile p gave no credentials",
        "credential_process = echo hello|credential_process of the profile p gave no credentials",
        "region = eu-west-1|The profile p has no credentials",
      })
  void aProfileWithoutCredentials(String properties, String told) throws IOException {
    files("[profile p]\n" + properties.replace(";", "\n") + "\n", "");
    assertThat(refused(2, "--profile", "p")).contains(told);
  }

  @Test
  void aProfileOfAwsLoginIsAskedForByTheAwsCli() throws IOException {
    files("[profile p]\nlogin_session = arn:aws:iam::111122223333:user/ann\n", "");
    assertThat(refused(2, "--profile", "p"))
        .contains("run aws login --profile p", "aws is not on the PATH");
  }

  @ParameterizedTest
  @CsvSource({
    "us east 1, AWS has no region us east 1.",
    "US-EAST-1, AWS has no region US-EAST-1. Did you mean \"us-east-1\"?",
    "us-esat-1, AWS has no region us-esat-1. Did you mean \"us-east-1\"?",
    "us-east, AWS has no region us-east. Did you mean \"us-east-1\"?",
    "eu-wset-3, AWS has no region eu-wset-3. Did you mean \"eu-west-3\"?",
  })
  void aRegionThatIsNone(String region, String told) {
    keys();
    assertThat(refused(2, "--region", region)).contains(told);
  }

  @Test
  void noRegion() {
    keys();
    set("aws.region", null);
    assertThat(refused(2)).contains("No region is set", "--region");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:4566", "localhost", "http://a b", "nonsense"})
  void anEndpointThatIsNoUrl(String url) {
    keys();
    set("aws.endpointUrl", url);
    assertThat(refused(2)).contains("The endpoint is not a URL", url);
  }

  @Test
  void anEndpointAtWhichNothingAnswers() {
    keys();
    set("aws.endpointUrl", "http://127.0.0.1:1");
    assertThat(refused(1)).contains("Nothing answers at the endpoint", "http://127.0.0.1:1");
    set("aws.endpointUrl", "http://no-such-host.invalid:4566");
    assertThat(refused(2)).contains("There is no computer no-such-host.invalid");
  }

  @ParameterizedTest
  @CsvSource({"200", "403", "404", "502"})
  void anEndpointAtWhichSomethingElseAnswers(int status) {
    try (StubbedAws page =
        new StubbedAws().answering("", status, "", "<!doctype html><p>Log in to the network")) {
      assertThat(refused(1)).contains("What answers at the endpoint", "is not AWS");
    }
  }

  @Test
  void aStackThatIsNotThere() {
    try (StubbedAws aws =
        new StubbedAws()
            .answering(
                "Action=DescribeStacks",
                400,
                "",
                "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id spwan does not exist</Message></Error></ErrorResponse>")) {
      assertThat(refused(2, "--stack", "spwan", "--region", "eu-west-1"))
          .contains("There is no stack spwan in eu-west-1", "sam deploy", "--stack");
    }
  }

  @Test
  void aStackThatIsNotSpawns() {
    try (StubbedAws aws = new StubbedAws().output("BucketName", "x")) {
      assertThat(refused(2))
          .contains("The stack spawn in us-east-1 has no output AuditFunctionName");
    }
  }

  @Test
  void aCallerWhoIsDenied() {
    try (StubbedAws aws =
        new StubbedAws()
            .answering(
                "Action=DescribeStacks",
                403,
                "",
                "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::111122223333:user/ann is not authorized to perform: cloudformation:DescribeStacks on resource: arn:aws:cloudformation:us-east-1:111122223333:stack/spawn/* because no identity-based policy allows the cloudformation:DescribeStacks action</Message></Error></ErrorResponse>")) {
      assertThat(refused(1))
          .contains(
              "AWS does not let arn:aws:iam::111122223333:user/ann call cloudformation:DescribeStacks on");
    }
    try (StubbedAws aws =
        new StubbedAws()
            .output("AuditFunctionName", "audit")
            .answering(
                "/invocations",
                403,
                "AccessDeniedException",
                "{\"Message\": \"User: arn:aws:iam::111122223333:user/ann is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:111122223333:function:audit because no identity-based policy allows the lambda:InvokeFunction action\"}")) {
      assertThat(refused(1)).contains("call lambda:InvokeFunction", "OperatorPolicyArn");
    }
  }

  @Test
  void aFaultOfSpawnIsToldShortlyAndInFullOnlyWhenAsked() {
    try (StubbedAws aws = new StubbedAws().output("AuditFunctionName", "audit")) {
      aws.function("AuditFunctionName", call -> Json.object().put("html", 1));
      assertThat(shell.run("iam-audit", "--html", "/not/there/page.html")).isEqualTo(1);
      assertThat(shell.err())
          .contains(
              "/not/there/page.html cannot be read or written: there is no such file or folder.");
    }
    CommandFailure failure =
        Failures.of(new IllegalStateException("a\nb"), AwsRefusalsTest.caller(Map.of()));
    assertThat(failure.getMessage())
        .isEqualTo(
            "This is a fault of spawn: IllegalStateException (a). Run the command again with --debug, and report what it prints.");
  }
}
