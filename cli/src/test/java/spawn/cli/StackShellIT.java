package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A command finds its stack, in this process and by bin/spawn. */
@OnStackShell
class StackShellIT {
  private final StackShell stack;

  StackShellIT(StackShell stack) {
    this.stack = stack;
  }

  @Test
  void aCommandFindsTheStackByItsName() {
    TypedShell shell = stack.shell();

    assertThat(shell.run("iam-audit", "--output", "json")).as(shell.err()).isZero();
    assertThat(Json.read(shell.out(), "the answer").path("roles").isArray()).isTrue();
  }

  @Test
  void theLauncherFindsTheLocalStack() {
    assertThat(stack.typed("spawn iam-audit --local --output json 2>/dev/null")).startsWith("{");
  }
}
