package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static spawn.policy.Payloads.TEMPLATES;
import static spawn.policy.Payloads.resolved;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WordHintsTest {
  private static List<String> hints(String iam) {
    return resolved(iam).warnings().stream()
        .filter(warning -> warning.code().equals("WORD_WOULD_DO"))
        .map(warning -> warning.path() + " " + warning.message())
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'ecr:GetAuthorizationToken', 'ECR:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability' | ecr:Pull",
        "'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl' | sqs:Consume",
        "'ssm:UpdateInstanceInformation', 'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel', 'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel' | ssm:Session",
        "'lambda:InvokeFunction' | lambda:Invoke",
        "'sns:Publish' | sns:WriteOnly",
        "'s3:GetObject', 's3:GetObjectVersion', 's3:ListBucket', 's3:GetBucketLocation' | s3:ReadOnly"
      })
  void aStatementThatGrantsWhatAWordDoesGetsAHint(String actions, String word) {
    assertThat(
            hints(
                "{'statements': [{'Effect': 'Allow', 'Action': [%s], 'Resource': '*'}]}"
                    .formatted(actions)))
        .containsExactly(
            "$.iam.statements[0] The statement grants what the word " + word + " does.");
  }

  @Test
  void statementsThatTogetherGrantWhatAWordDoesGetOneHint() {
    assertThat(
            hints(
                "{'policyDocument': {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow',"
                    + " 'Action': ['s3:GetObject', 's3:GetObjectVersion'], 'Resource':"
                    + " 'arn:aws:s3:::data/*'}, {'Effect': 'Allow', 'Action': ['s3:ListBucket',"
                    + " 's3:GetBucketLocation'], 'Resource': 'arn:aws:s3:::data'}]}}"))
        .containsExactly(
            "$.iam.policyDocument.Statement[0] This statement and others grant of s3 what the word s3:ReadOnly does.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'statements': [{'Effect': 'Deny', 'Action': 'lambda:InvokeFunction', 'Resource': '*'}]}",
        "{'statements': [{'Effect': 'Allow', 'Action': 'lambda:InvokeFunction', 'Resource': '*', 'Condition': {'StringEquals': {'aws:SourceVpc': 'vpc-1'}}}]}",
        "{'statements': [{'Effect': 'Allow', 'Action': 'lambda:Invoke*', 'Resource': '*'}]}",
        "{'statements': [{'Effect': 'Allow', 'Action': ['lambda:InvokeFunction', 'lambda:GetFunction'], 'Resource': '*'}]}",
        "{'policies': ['lambda:Invoke']}",
        "{'managedPolicies': ['ReadOnlyAccess', 'arn:aws:iam::123456789012:policy/AmazonS3ReadOnlyAccess']}"
      })
  void whatNoWordGrantsExactlyGetsNone(String iam) {
    assertThat(hints(iam)).isEmpty();
  }

  @Test
  void aManagedPolicyWhoseJobAWordDoesGetsAHintByNameAndByArn() {
    assertThat(
            hints(
                "{'managedPolicies': ['AmazonSSMManagedInstanceCore',"
                    + " 'arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy']}"))
        .containsExactly(
            "$.iam.managedPolicies[0] ssm:Session does the usual job of the managed policy AmazonSSMManagedInstanceCore, and grants less.",
            "$.iam.managedPolicies[1] cloudwatch:Agent does the usual job of the managed policy CloudWatchAgentServerPolicy, and grants less.");
  }

  @Test
  void eachManagedPolicyWithAWordExistsAndSoDoesTheWord() {
    assertThat(WordHints.ofPolicies()).isNotEmpty();
    assertThat(WordHints.ofPolicies().keySet())
        .allSatisfy(name -> assertThat(ManagedPolicies.list().pathOf(name)).isPresent());
    assertThat(WordHints.ofPolicies().values())
        .allSatisfy(word -> assertThat(TEMPLATES.named(word)).isPresent());
  }
}
