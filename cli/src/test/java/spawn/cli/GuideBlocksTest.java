package spawn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import spawn.cli.GuideBlocks.Block;

class GuideBlocksTest {
  @Test
  void continuedLinesAndLoopsAreOneCommandAndCommentsAreNone() {
    Block block =
        new Block(
            "any",
            Optional.empty(),
            """
            # a comment
            spawn launch --name a \\
              --count 2
            for event in A B; do
              aws x --y $event \\
                --z
            done
            aws s3 ls  # AccessDenied
            """);

    assertThat(block.commands())
        .containsExactly(
            "spawn launch --name a \\\n  --count 2",
            "for event in A B; do\n  aws x --y $event \\\n    --z\ndone",
            "aws s3 ls  # AccessDenied");
  }

  @Test
  void theGuideIsTypedHereAndOnInstances() {
    List<Block> blocks = GuideBlocks.ofTheShell();

    assertThat(blocks).extracting(Block::chapter).contains("Quick start", "The audit trail");
    assertThat(blocks.stream().flatMap(block -> block.instance().stream()))
        .containsExactly("trial", "trial", "remote");
    assertThat(GuideBlocks.file("json", "Policies of your own")).contains("s3:GetObject");
    assertThat(GuideBlocks.file("ini", "Resources of another account")).contains("[profile ");
  }

  @Test
  void everyOtherChapterIsTypedWhereSpawnIs() {
    assertThat(GuideBlocks.ofTheShell())
        .allSatisfy(block -> assertThat(block.commands()).as(block.chapter()).isNotEmpty());
  }
}
