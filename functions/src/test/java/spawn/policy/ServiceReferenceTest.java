package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import spawn.policy.ServiceReference.Access;
import spawn.policy.ServiceReference.Action;
import spawn.policy.ServiceReference.ArnForm;

class ServiceReferenceTest {
  @Test
  void eachServiceHasActionsAndEachKindThatTheyAcceptHasAnArn() {
    assertThat(ServiceReference.services()).hasSizeGreaterThan(450);
    assertThat(ServiceReference.source()).contains("iam-data");
    for (String name : ServiceReference.services()) {
      ServiceReference service = ServiceReference.of(name).orElseThrow();
      assertThat(service.service()).isEqualTo(name);
      assertThat(service.actions()).as(name).isNotEmpty();
      for (Action action : service.actions()) {
        assertThat(service.kinds().keySet())
            .as(name + ":" + action.name())
            .containsAll(action.accepts());
        assertThat(action.accepts()).containsAll(action.requires());
      }
    }
  }

  @Test
  void anActionIsFoundInAnyLetterCaseAndKeepsAwsSpelling() {
    assertThat(ServiceReference.of("sqs").orElseThrow().action("sendmessage"))
        .contains(new Action("SendMessage", Access.WRITE, List.of("queue"), List.of("queue")));
  }

  @Test
  void formsSayWhereAnArnHasARegionAndAnAccount() {
    assertThat(ServiceReference.of("s3").orElseThrow().kinds().get("object"))
        .containsExactly(new ArnForm("s3", "", "", "*/*"));
    assertThat(ServiceReference.of("athena").orElseThrow().kinds().get("workgroup"))
        .containsExactly(new ArnForm("athena", "R", "A", "workgroup/*"));
    assertThat(ServiceReference.of("sts").orElseThrow().kinds().get("role"))
        .containsExactly(new ArnForm("iam", "", "A", "role/*"));
  }

  @Test
  void aServiceThatIsNotKnownIsNotRead() {
    assertThat(ServiceReference.of("s4")).isEmpty();
    assertThat(ServiceReference.of("../risks.json")).isEmpty();
  }
}
