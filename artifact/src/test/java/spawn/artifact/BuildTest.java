package spawn.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BuildTest {
  @Test
  void theHandlersAreThoseThatTheTemplateNames() {
    assertThat(
            Build.handlers(
                """
                Resources:
                  One:
                    Properties:
                      Handler: spawn.One
                  # Handler: spawn.None
                  Two:
                    Properties:
                      Handler: spawn.Two # comment
                """))
        .containsExactly("spawn/One", "spawn/Two");
  }
}
