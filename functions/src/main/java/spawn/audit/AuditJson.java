package spawn.audit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import spawn.json.Json;
import spawn.payload.Quote;
import spawn.policy.Warning;
import spawn.role.Drift;
import spawn.role.KnownRole;
import spawn.role.Tags;

/** The report of an audit as JSON: the function's answer, and a line of its log. */
public final class AuditJson {
  /**
   * Bytes. A function's answer has at most 6 MB (<a
   * href="https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html">Lambda
   * quotas</a>), and in a page, which is a text in the answer, each quotation mark takes two.
   */
  static final int MAX_BYTES = 3_500_000;

  /**
   * Characters. CloudWatch cuts a line of more than 256 KB in two, and neither half would be JSON
   * (<a
   * href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html">CloudWatch
   * Logs quotas</a>).
   */
  private static final int MAX_LOGGED = 200_000;

  /** Of each kind of finding, so many are written down: a role can bring hundreds of them. */
  private static final int MAX_TOLD = 12;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private AuditJson() {}

  /** Returns the whole report. */
  public static ObjectNode of(AuditReport report) {
    ObjectNode document = summary(report);
    ArrayNode roles = document.putArray("roles");
    for (AuditedRole role : report.roles()) {
      ObjectNode json = of(role);
      if (report.services()) {
        services(role, json);
      }
      roles.add(json);
    }
    return document;
  }

  /** Returns the answer of a call for a page. */
  public static ObjectNode withPage(AuditReport report) {
    return summary(report).put("html", AuditPage.of(report));
  }

  /**
   * Returns the report as it fits into a line of the log: the counts, and of the roles those that
   * differ from what they were made with, with the kinds in which they do.
   */
  public static ObjectNode forLog(AuditReport report) {
    ObjectNode document = summary(report);
    ObjectNode drifted = document.putObject("drifted");
    int characters = 0;
    for (AuditedRole role : report.roles()) {
      if (role.state() == RoleState.DRIFTED) {
        List<String> kinds =
            role.drifts().stream().map(drift -> drift.kind().name()).distinct().toList();
        characters += role.role().name().length() + kinds.toString().length();
        if (characters > MAX_LOGGED) {
          return document.put("driftedLeftOut", true);
        }
        kinds.forEach(drifted.putArray(role.role().name())::add);
      }
    }
    return document;
  }

  /** Returns what the report says besides its roles. */
  private static ObjectNode summary(AuditReport report) {
    ObjectNode document = JSON.objectNode();
    document.put("at", report.at().toString()).put("path", report.path());
    report.stopped().ifPresent(why -> document.put("stopped", why));
    report.after().ifPresent(name -> document.put("after", name));
    ObjectNode counts = document.putObject("counts");
    counts.put("roles", report.roles().size());
    counts.put("trustOrBoundary", report.worst());
    report.byState().forEach((state, count) -> counts.put(state.word(), count));
    putAll(document, "missing", report.missing());
    putAll(document, "unread", report.unread());
    putAll(document, "unreadableRegions", report.unreadableRegions());
    return document;
  }

  private static void putAll(ObjectNode document, String member, List<String> texts) {
    if (!texts.isEmpty()) {
      texts.forEach(document.putArray(member)::add);
    }
  }

  private static void putAll(ObjectNode document, String member, Map<String, String> texts) {
    if (!texts.isEmpty()) {
      texts.forEach(document.putObject(member)::put);
    }
  }

  /** Returns how many bytes a role takes in an answer. */
  static int bytes(AuditedRole role) {
    return Json.bytes(of(role)).length;
  }

  /** Returns one role. */
  static ObjectNode of(AuditedRole audited) {
    KnownRole role = audited.role();
    ObjectNode json = JSON.objectNode();
    json.put("role", role.name()).put("state", audited.state().word());
    ArrayNode drift = json.putArray("drift");
    for (Drift each : first(audited.drifts(), json, "moreDrift")) {
      drift.addObject().put("kind", each.kind().name()).put("detail", each.detail());
    }
    ArrayNode warnings = json.putArray("warnings");
    for (Warning each : first(audited.warnings(), json, "moreWarnings")) {
      warnings
          .addObject()
          .put("code", each.code())
          .put("severity", each.severity().name().toLowerCase(Locale.ROOT))
          .put("path", each.path())
          .put("message", each.message())
          .put("advice", each.advice());
    }
    identity(audited, json);
    times(audited, json);
    holds(audited, json);
    return json;
  }

  private static void services(AuditedRole role, ObjectNode json) {
    role.services()
        .ifPresentOrElse(
            use -> {
              use.used().forEach(json.putObject("services")::put);
              json.put("servicesUnused", use.unused());
            },
            () -> json.put("servicesPending", true));
  }

  private static <T> List<T> first(List<T> all, ObjectNode json, String more) {
    if (all.size() > MAX_TOLD) {
      json.put(more, all.size() - MAX_TOLD);
    }
    return all.subList(0, Math.min(all.size(), MAX_TOLD));
  }

  private static void identity(AuditedRole audited, ObjectNode json) {
    KnownRole role = audited.role();
    json.put("arn", role.arn()).put("id", role.id());
    json.put("stage", audited.stage().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    put(json, "creator", role.tag(Tags.CREATOR));
    put(json, "team", role.tag(Tags.TEAM));
    put(json, "set", role.set());
    put(json, "policyHash", role.tag(Tags.POLICIES));
  }

  private static void times(AuditedRole audited, ObjectNode json) {
    KnownRole role = audited.role();
    json.put("created", role.created().toString());
    json.put("ageDays", Duration.between(role.created(), audited.at()).toDays());
    put(json, "leaseUntil", role.leaseUntil().map(Instant::toString));
    put(json, "markedSince", role.tag(Tags.DELETING));
    put(json, "claim", role.tag(Tags.CLAIM));
    put(json, "expires", role.tag(Tags.EXPIRES));
    put(json, "revoked", role.tag(Tags.REVOKED));
    put(json, "keep", role.tag(Tags.KEEP));
    put(json, "lastUsed", role.lastUsed().map(Instant::toString));
  }

  private static void holds(AuditedRole audited, ObjectNode json) {
    KnownRole role = audited.role();
    texts(json, "trusts", audited.listed().trusted().names());
    put(json, "boundary", role.permissionsBoundary());
    json.put("maxSessionDuration", role.maxSessionDuration());
    texts(json, "inlinePolicies", audited.held().policies().inline().keySet());
    texts(json, "managedPolicies", audited.held().policies().managed());
    texts(json, "instances", audited.instances());
    texts(json, "profiles", names(audited.listed().profiles()));
    texts(
        json,
        "foreignProfiles",
        audited.listed().foreignProfiles().stream().map(InstanceProfile::arn).toList());
  }

  private static List<String> names(List<InstanceProfile> profiles) {
    return profiles.stream().map(InstanceProfile::instanceProfileName).toList();
  }

  private static void put(ObjectNode json, String member, Optional<String> value) {
    value.ifPresent(text -> json.put(member, text));
  }

  private static void texts(ObjectNode json, String member, Collection<String> texts) {
    if (!texts.isEmpty()) {
      ArrayNode array = json.putArray(member);
      texts.stream().limit(MAX_TOLD).map(Quote::cut).forEach(array::add);
    }
  }
}
