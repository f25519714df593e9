package spawn.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import spawn.aws.SimulatedAws;

/**
 * The subnets that launches may name, each in a zone of its own: some of the zones are full all
 * along, and some do not offer the instance type.
 */
final class Subnets {
  /** A subnet in the zone that launches go to which name none: it has room, but for outages. */
  static final String A = "subnet-0000000a";

  /** A subnet in a zone that has room in half of the accounts. */
  static final String B = "subnet-0000000b";

  /** A subnet in a zone that has room in few accounts. */
  static final String E = "subnet-0000000e";

  private static final String TYPE = "t3.micro";

  private static final Map<String, String> ZONES =
      Map.of(A, "us-east-1a", B, "us-east-1b", E, "us-east-1e");

  private final SimulatedAws aws;
  private final Map<String, Room> rooms = new TreeMap<>();
  private final Set<String> fullAtTimes = new TreeSet<>();

  private enum Room {
    ENOUGH,
    NONE,
    TYPE_NOT_OFFERED
  }

  /** Draws what the zones are like, and makes them so. */
  Subnets(SimulatedAws aws, SplittableRandom random) {
    this.aws = aws;
    Room[] any = {Room.ENOUGH, Room.NONE, Room.TYPE_NOT_OFFERED, Room.ENOUGH};
    Room[] mostlyNone = {Room.ENOUGH, Room.NONE, Room.TYPE_NOT_OFFERED, Room.TYPE_NOT_OFFERED};
    rooms.put(A, Room.ENOUGH);
    rooms.put(B, any[random.nextInt(any.length)]);
    rooms.put(E, mostlyNone[random.nextInt(mostlyNone.length)]);
    rooms.forEach(
        (subnet, room) -> {
          String zone = ZONES.get(subnet);
          aws.givenSubnet(subnet, zone);
          switch (room) {
            case ENOUGH -> {}
            case NONE -> aws.capacity(zone, 0);
            case TYPE_NOT_OFFERED -> aws.doesNotOffer(zone, TYPE);
          }
        });
  }

  /** Returns the instance that launches ask for, without saying where. */
  static String instance() {
    return "{\"ImageId\":\"ami-00000000000000001\",\"InstanceType\":\"" + TYPE + "\"}";
  }

  /** Returns the subnets that a payload names. */
  static List<String> namedBy(JsonNode payload) {
    List<String> named = new ArrayList<>();
    payload.at("/options/subnetIds").forEach(subnet -> named.add(subnet.asText()));
    return named;
  }

  /** Draws one to three subnets, in any order. */
  List<String> some(SplittableRandom random) {
    List<String> left = new ArrayList<>(rooms.keySet());
    List<String> drawn = new ArrayList<>();
    for (int i = 1 + random.nextInt(left.size()); i > 0; i--) {
      drawn.add(left.remove(random.nextInt(left.size())));
    }
    return drawn;
  }

  /** Lets the zone of {@link #A} be full from now on. */
  void fill() {
    fullAtTimes.add(A);
    aws.capacity(ZONES.get(A), 0);
  }

  /** Lets the zone of {@link #A} have room again. */
  void clear() {
    aws.capacity(ZONES.get(A), Integer.MAX_VALUE);
  }

  /**
   * Returns whether a launch into some subnets, or into none that it names, had a place to go to
   * all along.
   */
  boolean hadRoom(List<String> named) {
    return (named.isEmpty() ? List.of(A) : named)
        .stream()
            .anyMatch(subnet -> rooms.get(subnet) == Room.ENOUGH && !fullAtTimes.contains(subnet));
  }

  /** Returns whether the zone of a subnet offers the instance type. */
  boolean offersTheType(String subnet) {
    return rooms.getOrDefault(subnet, Room.ENOUGH) != Room.TYPE_NOT_OFFERED;
  }

  /** Returns the zone of a subnet. */
  static String zoneOf(String subnet) {
    return ZONES.get(subnet);
  }
}
