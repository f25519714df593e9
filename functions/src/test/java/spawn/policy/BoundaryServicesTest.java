package spawn.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import spawn.json.Json;
import spawn.policy.ServiceReference.Access;
import spawn.policy.ServiceReference.Action;
import spawn.template.Template;

/**
 * Each service of AWS's reference, and each of its account-wide settings, is denied by the boundary
 * of instances or has been decided to stay.
 */
class BoundaryServicesTest {
  private static final JsonNode DECIDED = decided();
  private static final Set<Access> WRITES =
      Set.of(Access.WRITE, Access.PERMISSIONS_MANAGEMENT, Access.TAGGING);

  @Test
  void eachServiceOfTheReferenceIsDeniedOrAllowed() {
    List<String> decided =
        Stream.concat(services("deniedServices"), words(DECIDED.path("allowedServices"))).toList();

    assertThat(decided).containsExactlyInAnyOrderElementsOf(ServiceReference.services());
  }

  @Test
  void theBoundaryDeniesWhatIsDecidedAndNothingElse() {
    PolicyEvaluator boundary =
        new PolicyEvaluator(Template.read().property("InstanceBoundary", "PolicyDocument"));
    Set<String> denied = new TreeSet<>();
    actions()
        .map(Named::spelled)
        .filter(action -> !boundary.allows(action, "*"))
        .forEach(denied::add);

    assertThat(denied).isEqualTo(decidedDenials());
  }

  @Test
  void eachSettingOfTheAccountIsDeniedOrStays() {
    Pattern speaksOfTheAccount = Pattern.compile(DECIDED.at("/settings/pattern").asText());
    Set<String> denied = decidedDenials();
    Set<String> settings =
        actions()
            .filter(named -> named.action().accepts().isEmpty())
            .filter(named -> named.action().access() != Access.TAGGING)
            .filter(named -> WRITES.contains(named.action().access()))
            .filter(named -> speaksOfTheAccount.matcher(named.action().name()).find())
            .map(Named::spelled)
            .filter(action -> !denied.contains(action))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> watching = listed(List.of(DECIDED.path("auditStays")));
    settings.removeAll(watching);

    assertThat(settings).hasSizeGreaterThan(100);
    assertThat(listed(DECIDED.at("/settings/stay").valueStream().toList())).isEqualTo(settings);
  }

  @Test
  void eachWriteOfAServiceThatWatchesTheAccountIsDeniedOrStays() {
    Set<String> watching =
        DECIDED
            .path("auditStays")
            .propertyStream()
            .map(one -> one.getKey())
            .collect(Collectors.toSet());
    Set<String> denied = decidedDenials();

    assertThat(watching).contains("cloudtrail", "config", "guardduty", "securityhub");
    assertThat(listed(List.of(DECIDED.path("auditStays"))))
        .containsExactlyInAnyOrderElementsOf(
            actions()
                .filter(named -> watching.contains(named.service()))
                .filter(named -> WRITES.contains(named.action().access()))
                .map(Named::spelled)
                .filter(action -> !denied.contains(action))
                .toList());
  }

  private static Set<String> decidedDenials() {
    Set<String> denied = listed(List.of(DECIDED.path("deniedActions")));
    Set<String> whole = services("deniedServices").collect(Collectors.toSet());
    actions()
        .filter(named -> whole.contains(named.service()))
        .map(Named::spelled)
        .forEach(denied::add);
    return denied;
  }

  private record Named(String service, Action action) {
    private String spelled() {
      return service + ":" + action.name();
    }
  }

  private static Stream<Named> actions() {
    return ServiceReference.services().stream()
        .flatMap(
            service ->
                ServiceReference.of(service).orElseThrow().actions().stream()
                    .map(action -> new Named(service, action)));
  }

  /** Returns the actions of {@code {service: "Name Name"}}. */
  private static Set<String> listed(Collection<JsonNode> byService) {
    return byService.stream()
        .flatMap(JsonNode::propertyStream)
        .flatMap(one -> words(one.getValue()).map(name -> one.getKey() + ":" + name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> services(String list) {
    return DECIDED.path(list).valueStream().flatMap(BoundaryServicesTest::words);
  }

  private static Stream<String> words(JsonNode text) {
    return Pattern.compile(" ").splitAsStream(text.asText());
  }

  private static JsonNode decided() {
    try (InputStream data =
        BoundaryServicesTest.class.getResourceAsStream("/spawn/boundary-services.json")) {
      return Json.read(data);
    } catch (IOException brokenTest) {
      throw new UncheckedIOException(brokenTest);
    }
  }
}
