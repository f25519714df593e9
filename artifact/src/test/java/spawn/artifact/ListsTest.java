package spawn.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ListsTest {
  @Test
  void theSbomLosesWhatDoesNotTravelAndTheEdgesToIt() throws IOException {
    String sbom =
        """
        {
          "components": [
            {"name": "iam", "version": "2.0", "bom-ref": "pkg:iam"},
            {"name": "joda-time", "version": "2.10", "bom-ref": "pkg:joda"}
          ],
          "dependencies": [
            {"ref": "pkg:spawn", "dependsOn": ["pkg:iam", "pkg:joda"]},
            {"ref": "pkg:iam"},
            {"ref": "pkg:joda"}
          ]
        }
        """;

    assertThat(Lists.sbom(sbom, Set.of("iam-2.0.jar")))
        .contains("\"iam\"", "[ \"pkg:iam\" ]")
        .doesNotContain("joda");
  }

  @Test
  void theListOfLicencesLosesWhatDoesNotTravel() {
    String licences =
        """

        Lists of 2 third-party dependencies.
             (Apache-2.0) Joda-Time (joda-time:joda-time:2.10.8 - https://www.joda.org/joda-time/)
             (MIT) SLF4J API Module (org.slf4j:slf4j-api:2.0.17 - http://www.slf4j.org)
        """;

    assertThat(Lists.licences(licences, Set.of("slf4j-api-2.0.17.jar")))
        .isEqualTo(
            """

            Lists of 1 third-party dependencies.
                 (MIT) SLF4J API Module (org.slf4j:slf4j-api:2.0.17 - http://www.slf4j.org)
            """);
  }
}
