package spawn.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What a release consists of deploys and launches, by the commands that docs/install.md names. */
@Tag("apart")
@ResourceLock(LocalStack.APART)
class PackageIT {
  /** The folder of the package, and of what these commands make of it. */
  private static final Path MADE = LocalStack.ROOT.resolve("target/package");

  private static final String COMMANDS =
      """
      . local/env.sh
      python() { .local/venv/bin/python -P "$@"; }
      sam() { SAM_CLI_TELEMETRY=0 SAM_CLI_POLL_DELAY=1 python -m samcli "$@"; }
      made=target/package
      """;

  /**
   * Writes the application for the Serverless Application Repository, and beside it what the local
   * server can run of it.
   */
  private static final String PACKAGE =
      COMMANDS
          + """
          local/package https://github.com/someone/spawn
          cp $made/spawn.zip $made/bundle.zip
          python -c 'import sys, zipfile
          entry = zipfile.ZipInfo("bootstrap")
          entry.external_attr = 0o755 << 16
          zipfile.ZipFile(sys.argv[1], "a").writestr(entry, open("local/bootstrap").read())' $made/bundle.zip
          python local/template.py $made/serverlessrepo.template.json $made/bundle.zip >$made/local.json
          python -m awscli s3 mb s3://publisher
          sam package --template-file $made/local.json --s3-bucket publisher --region us-east-1 \\
            --use-json --output-template-file $made/packaged.json
          """;

  private static final String DEPLOY =
      COMMANDS
          + """
          mkdir -p $made/elsewhere
          cp $made/packaged.json $made/elsewhere/
          sam deploy --template-file $made/elsewhere/packaged.json --stack-name packaged --resolve-s3 \\
            --region us-east-1 --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-progressbar
          """;

  private static final String LAUNCH =
      COMMANDS
          + """
          sam remote invoke LaunchStateMachine --stack-name packaged --region us-east-1 \\
            --event-file events/launch.json 2>/dev/null
          """;

  private static final LocalStack STACK = LocalStack.apart();

  @BeforeAll
  static void theServersAreUp() {
    STACK.close();
    STACK.run("local/stack", "servers");
  }

  @AfterAll
  static void theyEnd() {
    STACK.close();
  }

  @Test
  void theApplicationIsPackagedIntoABucketAndDeploysFromThereAndLaunches() throws Exception {
    STACK.typed(PACKAGE);

    JsonNode packaged = LocalStack.json(Files.readString(MADE.resolve("packaged.json")));
    JsonNode application = packaged.at("/Metadata/AWS::ServerlessRepo::Application");
    assertThat(application.path("LicenseUrl").asText()).startsWith("s3://publisher/");
    assertThat(application.path("ReadmeUrl").asText()).startsWith("s3://publisher/");
    assertThat(packaged.path("Resources").findValuesAsText("CodeUri"))
        .isNotEmpty()
        .allSatisfy(code -> assertThat(code).startsWith("s3://publisher/"));
    assertThat(packaged.path("Resources").findValues("DefinitionUri")).isEmpty();

    STACK.typed(DEPLOY);
    JsonNode launched = LocalStack.json(STACK.typed(LAUNCH));

    assertThat(launched.at("/role/arn").asText())
        .startsWith("arn:aws:iam::000000000000:role/spawn/packaged/us-east-1/");
    assertThat(launched.at("/instances/0/state").asText()).isEqualTo("running");
  }
}
