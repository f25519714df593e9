package spawn.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Ec2Request;

/** On every JDK: EC2's client has more methods than any other. */
class InterposedTest {
  private final List<Object> asked = new ArrayList<>();

  private final Ec2Client ec2 =
      new Ec2Client() {
        @Override
        public DescribeInstancesResponse describeInstances(DescribeInstancesRequest request) {
          asked.add(request.nextToken());
          if (request.maxResults() != null) {
            throw new IllegalStateException("refused");
          }
          return DescribeInstancesResponse.builder()
              .nextToken(request.nextToken() == null ? "next" : null)
              .build();
        }

        @Override
        public String serviceName() {
          return "ec2";
        }

        @Override
        public void close() {
          asked.add("closed");
        }
      };

  @Test
  void everyQuestionGoesThroughIt() {
    Interposed counted =
        (request, ask) -> {
          asked.add(((Ec2Request) request).getClass().getSimpleName());
          return ask.apply(request);
        };
    Ec2Client between = counted.before(Ec2Client.class, ec2);

    between.describeInstances();
    between.describeInstances(request -> request.nextToken("last"));
    assertThat(between.describeInstancesPaginator()).hasSize(2);
    between.close();

    String question = "DescribeInstancesRequest";
    assertThat(asked)
        .containsExactly(
            question, null, question, "last", question, null, question, "next", "closed");
    assertThat(between.serviceName()).isEqualTo("ec2");
    assertThatThrownBy(() -> between.describeInstances(request -> request.maxResults(5)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("refused");
  }

  @Test
  void eachClientHasItsOwn() {
    Ec2Client one = Interposed.NONE.before(Ec2Client.class, ec2);
    Ec2Client other =
        Interposed.answering(
                answer -> ((DescribeInstancesResponse) answer).toBuilder().nextToken("x").build())
            .before(Ec2Client.class, one);

    assertThat(one.describeInstances().nextToken()).isEqualTo("next");
    assertThat(other.describeInstances().nextToken()).isEqualTo("x");
  }
}
