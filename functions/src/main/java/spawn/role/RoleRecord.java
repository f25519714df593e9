package spawn.role;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import software.amazon.awssdk.services.iam.model.Tag;
import spawn.json.Json;
import spawn.policy.Permissions;
import spawn.policy.PolicyHash;

/**
 * What a role of a launch was made with, as its own tags record it: all that {@link
 * RoleRequest#hash()} covers.
 *
 * <p>The tags {@code spawn:record-0}, {@code spawn:record-1}, … hold JSON, deflated and written in
 * Base64, whose alphabet IAM takes in tags. The first begins with the format's number and the
 * number of tags, as {@code 1.3.}, so that what an earlier, longer record has left behind is not
 * read. The record is no evidence by itself: whoever may tag the role may write another one. It
 * counts only if it has the hash in the tag {@link Tags#POLICIES}.
 *
 * <p>IAM's own limit of tags is the limit of the record: what does not fit is not recorded.
 *
 * @param permissions the policies, who may assume the role, its boundary and its longest session
 * @param tags the caller's tags, sorted
 */
public record RoleRecord(Permissions permissions, Map<String, String> tags) {
  private static final Pattern FIRST = Pattern.compile("1\\.(\\d{1,2})\\.(.*)");

  /** Room for the first tag's beginning. */
  private static final int MAX_PREFIX = "1.99.".length();

  /** More than a role can hold: 10,240 bytes of policy, its managed policies, and 50 tags. */
  private static final int MAX_BYTES = 65_536;

  /** More than that is no inline policy of IAM's, and would only cost time. */
  private static final int MAX_POLICY_CHARACTERS = 10_240;

  /** Leaves out the tags that are not the caller's. */
  public RoleRecord {
    tags = Collections.unmodifiableMap(Tags.ofCaller(tags));
  }

  /**
   * Returns the tags that record what a role is made with for a request; none if they do not fit
   * beside all others.
   *
   * @param onRole the keys of the tags that the role has
   */
  static List<Tag> tagsOf(RoleRequest request, Set<String> onRole) {
    return new RoleRecord(request.permissions(), request.tags()).toTags(room(request, onRole));
  }

  /** Returns how many tags a record may take: those that neither spawn nor anyone else may need. */
  private static int room(RoleRequest request, Set<String> onRole) {
    Set<String> others = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    others.addAll(onRole);
    others.addAll(request.tags().keySet());
    others.removeIf(Tags::isReserved);
    return Tags.MAX_OF_CALLER - others.size();
  }

  /**
   * Returns why tagging a role of other content for a request would not give it the request's tags,
   * as clauses of a sentence: no launch removes a tag. Empty if it would.
   */
  static List<String> obstaclesTo(RoleRequest request, KnownRole role) {
    List<String> obstacles = new ArrayList<>();
    Set<String> surplus = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    of(role).ifPresent(made -> surplus.addAll(made.tags().keySet()));
    surplus.retainAll(role.tags().keySet());
    request.tags().keySet().forEach(surplus::remove);
    if (!surplus.isEmpty()) {
      obstacles.add("it has the tags %s, which the payload does not ask for".formatted(surplus));
    }
    long recorded = role.tags().keySet().stream().filter(RoleRecord::isKey).count();
    if (recorded > room(request, role.tags().keySet())) {
      obstacles.add("its tags and the payload's are more than IAM takes on a role");
    }
    return obstacles;
  }

  /**
   * Returns what a role was made with; nothing if its tags do not say it, or say anything else than
   * what it was made with by its tag {@link Tags#POLICIES}.
   */
  public static Optional<RoleRecord> of(KnownRole role) {
    return unproven(role).filter(record -> role.isTaggedFor(record.hash()));
  }

  /** Returns what a role's tags record, whatever its hash; nothing if they record nothing. */
  static Optional<RoleRecord> unproven(KnownRole role) {
    return text(role.tags()).flatMap(RoleRecord::inflated).flatMap(RoleRecord::parsed);
  }

  /** Returns the hash of what is recorded. */
  public PolicyHash hash() {
    return RoleRequest.hash(permissions, tags);
  }

  /** Returns whether a key is that of a tag which holds a part of a record. */
  static boolean isKey(String key) {
    return key.regionMatches(true, 0, Tags.RECORD, 0, Tags.RECORD.length());
  }

  /** Returns those of some tags that hold no part of a record. */
  static Map<String, String> without(Map<String, String> tags) {
    Map<String, String> rest = new TreeMap<>(tags);
    rest.keySet().removeIf(RoleRecord::isKey);
    return rest;
  }

  /**
   * Returns the tags that record it; none if it does not fit.
   *
   * @param room how many tags it may take
   */
  List<Tag> toTags(int room) {
    String text = Base64.getEncoder().withoutPadding().encodeToString(deflated());
    int count = (MAX_PREFIX + text.length() + Tags.MAX_VALUE_LENGTH - 1) / Tags.MAX_VALUE_LENGTH;
    if (count > room) {
      return List.of();
    }
    String all = "1.%d.%s".formatted(count, text);
    List<Tag> parts = new ArrayList<>();
    for (int part = 0; part < count; part++) {
      int from = part * Tags.MAX_VALUE_LENGTH;
      int to = Math.min(all.length(), from + Tags.MAX_VALUE_LENGTH);
      parts.add(Tags.of(Tags.RECORD + part, all.substring(Math.min(from, to), to)));
    }
    return parts;
  }

  private byte[] deflated() {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, deflater)) {
      out.write(Json.bytes(this));
    } catch (IOException impossible) {
      throw new IllegalStateException("A record is always written as JSON.", impossible);
    } finally {
      deflater.end();
    }
    return bytes.toByteArray();
  }

  /** Returns the parts of a record, joined; nothing if one is missing. */
  private static Optional<byte[]> text(Map<String, String> tags) {
    Matcher first = FIRST.matcher(tags.getOrDefault(Tags.RECORD + 0, ""));
    if (!first.matches()) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder(first.group(2));
    for (int part = 1; part < Integer.parseInt(first.group(1)); part++) {
      String next = tags.get(Tags.RECORD + part);
      if (next == null) {
        return Optional.empty();
      }
      text.append(next);
    }
    try {
      return Optional.of(Base64.getDecoder().decode(text.toString()));
    } catch (IllegalArgumentException edited) {
      return Optional.empty();
    }
  }

  /** Returns what was deflated; nothing if it is more than a record ever is. */
  private static Optional<String> inflated(byte[] deflated) {
    Inflater inflater = new Inflater(true);
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(deflated), inflater)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      return bytes.length > MAX_BYTES
          ? Optional.empty()
          : Optional.of(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException edited) {
      return Optional.empty();
    } finally {
      inflater.end();
    }
  }

  private static Optional<RoleRecord> parsed(String json) {
    try {
      JsonNode content = Json.read(json);
      if (Json.text(content.at("/permissions/inlinePolicy")).length() > MAX_POLICY_CHARACTERS) {
        return Optional.empty();
      }
      return Optional.ofNullable(Json.toWhole(content, RoleRecord.class));
    } catch (IOException edited) {
      return Optional.empty();
    }
  }
}
