package spawn.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** How values are read of trees, by their types. */
final class FormReader {
  /** The name of the static method by which a class is read that has a form of its own. */
  private static final String READER = "fromJson";

  private interface Reading {
    Object read(JsonNode node) throws Unreadable;
  }

  /** How values are read that have no parts. */
  private static final Map<Class<?>, Reading> SCALARS =
      Map.of(
          String.class, node -> fitting(node, node.isValueNode(), "a text").asText(),
          boolean.class, FormReader::truth,
          Boolean.class, FormReader::truth,
          int.class, FormReader::whole,
          Integer.class, FormReader::whole,
          long.class, FormReader::large,
          Long.class, FormReader::large,
          Instant.class, FormReader::instant,
          Pattern.class, FormReader::pattern);

  /** Which members a record is read of. */
  enum Members {
    /** Some or all of its own, and whatever else. */
    ANY,
    /** Some or all of its own. */
    KNOWN,
    /** All of its own. */
    ALL
  }

  private final Members wanted;

  FormReader(Members wanted) {
    this.wanted = wanted;
  }

  Object read(JsonNode node, Type type) throws Unreadable {
    if (type instanceof ParameterizedType generic) {
      return node.isNull() ? null : many(node, generic);
    }
    Class<?> plain = (Class<?>) type;
    if (JsonNode.class.isAssignableFrom(plain)) {
      return tree(node, plain);
    }
    if (node.isNull()) {
      return nothing(plain);
    }
    Reading reading = SCALARS.get(plain);
    if (reading != null) {
      return reading.read(node);
    }
    Optional<Method> reader = reader(plain);
    if (reader.isPresent()) {
      return called(reader.get(), node);
    }
    if (plain.isEnum()) {
      return constant(node, plain);
    }
    if (plain.isRecord()) {
      return record(node, plain);
    }
    throw new IllegalArgumentException("JSON is not read as a " + plain.getName());
  }

  /** Returns what a member is that is left out or {@code null}. */
  private static Object nothing(Class<?> type) {
    if (type == boolean.class) {
      return false;
    }
    if (type == int.class) {
      return 0;
    }
    return type == long.class ? 0L : null;
  }

  private static Object truth(JsonNode node) throws Unreadable {
    return fitting(node, node.isBoolean(), "true or false").booleanValue();
  }

  private static Object whole(JsonNode node) throws Unreadable {
    boolean fits = node.isIntegralNumber() && node.canConvertToInt();
    return fitting(node, fits, "a whole number").intValue();
  }

  private static Object large(JsonNode node) throws Unreadable {
    boolean fits = node.isIntegralNumber() && node.canConvertToLong();
    return fitting(node, fits, "a whole number").longValue();
  }

  private static Object instant(JsonNode node) throws Unreadable {
    try {
      return Instant.parse(text(node, "an instant"));
    } catch (DateTimeException notOne) {
      throw Unreadable.because(notOne.getMessage(), notOne);
    }
  }

  private static Object pattern(JsonNode node) throws Unreadable {
    try {
      return Pattern.compile(text(node, "a regular expression"));
    } catch (PatternSyntaxException notOne) {
      throw Unreadable.because(notOne.getDescription(), notOne);
    }
  }

  private static String text(JsonNode node, String wanted) throws Unreadable {
    return fitting(node, node.isTextual(), wanted).textValue();
  }

  private static Object tree(JsonNode node, Class<?> type) throws Unreadable {
    if (type.isInstance(node)) {
      return node;
    }
    if (node.isNull()) {
      return null;
    }
    throw mismatch(node, type.getSimpleName());
  }

  private static JsonNode fitting(JsonNode node, boolean fits, String wanted) throws Unreadable {
    if (!fits) {
      throw mismatch(node, wanted);
    }
    return node;
  }

  private static Unreadable mismatch(JsonNode node, String wanted) {
    return Unreadable.because("it has %s where %s is wanted".formatted(Json.text(node), wanted));
  }

  private Object many(JsonNode node, ParameterizedType type) throws Unreadable {
    Type[] arguments = type.getActualTypeArguments();
    if (type.getRawType() == Map.class) {
      Map<String, Object> map = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> member :
          fitting(node, node.isObject(), "an object").properties()) {
        map.put((String) key(member.getKey(), arguments[0]), read(member.getValue(), arguments[1]));
      }
      return map;
    }
    Collection<Object> elements =
        type.getRawType() == Set.class ? new LinkedHashSet<>() : new ArrayList<>();
    if (type.getRawType() != Set.class && type.getRawType() != List.class) {
      throw new IllegalArgumentException("JSON is not read as a " + type);
    }
    for (JsonNode element : fitting(node, node.isArray(), "a list")) {
      elements.add(read(element, arguments[0]));
    }
    return elements;
  }

  private static Object key(String name, Type type) {
    if (type != String.class) {
      throw new IllegalArgumentException("The names of members are not read as " + type);
    }
    return name;
  }

  private static Optional<Method> reader(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> method.getName().equals(READER))
        .findFirst();
  }

  private Object called(Method reader, JsonNode node) throws Unreadable {
    Object form = read(node, reader.getGenericParameterTypes()[0]);
    reader.setAccessible(true);
    return made(() -> reader.invoke(null, form));
  }

  private static Object constant(JsonNode node, Class<?> type) throws Unreadable {
    for (Object constant : type.getEnumConstants()) {
      if (Forms.write(constant).equals(node)) {
        return constant;
      }
    }
    throw mismatch(node, "one of " + Json.text(Arrays.asList(type.getEnumConstants())));
  }

  private Object record(JsonNode node, Class<?> type) throws Unreadable {
    RecordShape shape = RecordShape.of(type);
    fitting(node, node.isObject(), "an object");
    Object[] arguments = new Object[shape.members().size()];
    int found = 0;
    for (int i = 0; i < arguments.length; i++) {
      RecordShape.Member member = shape.members().get(i);
      JsonNode value = node.get(member.name());
      if (value != null) {
        found++;
      }
      if (wanted == Members.ALL && (value == null || value.isNull())) {
        throw Unreadable.because(
            "%s lacks its member \"%s\"".formatted(type.getSimpleName(), member.name()));
      }
      arguments[i] = value == null ? nothing(member.rawType()) : read(value, member.type());
    }
    if (found < node.size() && wanted != Members.ANY) {
      throw unknown(node, shape, type);
    }
    return made(() -> shape.made(arguments));
  }

  private static Unreadable unknown(JsonNode node, RecordShape shape, Class<?> type) {
    List<String> names = shape.members().stream().map(RecordShape.Member::name).toList();
    String other =
        node.properties().stream()
            .map(Map.Entry::getKey)
            .filter(name -> !names.contains(name))
            .findFirst()
            .orElseThrow();
    return Unreadable.unknown(other, type.getSimpleName());
  }

  private interface Making {
    Object made() throws ReflectiveOperationException;
  }

  /** What makes a value may refuse what it is given. */
  private static Object made(Making making) throws Unreadable {
    try {
      return making.made();
    } catch (InvocationTargetException refused) {
      if (refused.getCause() instanceof RuntimeException why) {
        throw Unreadable.because(String.valueOf(why.getMessage()), why);
      }
      throw new IllegalStateException(refused.getCause());
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
