"""Objects of Java, and all that is in them, as Python's own."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections import deque
from typing import Any, Callable

import pytest
from java import jvm

import metaffi

SOURCE = """
import java.math.*;
import java.time.*;
import java.util.*;
import java.util.concurrent.atomic.*;

public class Trees {
    public record Point(int x, Object y) {}

    public enum Colour { RED }

    public static Object values() {
        return Arrays.asList(true, (byte) 1, (short) 2, 3, 4L << 40, 1.5f, 2.5, 'c', "text", null);
    }

    public static Object neutral() {
        return Arrays.asList(new BigInteger("9").pow(30), new BigDecimal("1.50"), LocalDate.of(2020, 1, 2),
            LocalTime.of(1, 2, 3), LocalDateTime.of(2020, 1, 2, 3, 4), Instant.EPOCH, Duration.ofSeconds(90), new UUID(0, 5));
    }

    public static Object shown() {
        return Arrays.asList(new StringBuilder("built"), new AtomicInteger(7), Optional.of(List.of(1)), Optional.empty(), Map.entry("k", 1));
    }

    public static Object arrays() {
        return new Object[] {new int[] {1, 2}, new double[][] {{1}, {2}}, new int[][] {{1}, {2, 3}}, new byte[] {1, -1},
            new char[] {'a', 'b'}, new String[] {"s", null}, new boolean[] {true}};
    }

    public static Object nested() {
        Map<Object, Object> map = new TreeMap<>();
        map.put("list", new ArrayList<>(List.of(1, Set.of("a"), new ArrayDeque<>(List.of(2)))));
        map.put("map", new HashMap<>(Map.of(1, new LinkedList<>(List.of(Map.of())))));
        return map;
    }

    public static Object cycle() {
        List<Object> list = new ArrayList<>();
        Map<Object, Object> map = new HashMap<>(Map.of("list", list));
        list.add(map);
        list.add(map);
        return list;
    }

    public static Object deep(int levels) {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < levels; i++) list = new ArrayList<>(Collections.singletonList(list));
        return list;
    }

    public static Object large(int count) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) map.put("k" + i, Arrays.asList(i, i * 0.5));
        return map;
    }

    public static Object records() {
        return List.of(new Point(1, List.of(2)), new Point(3, null));
    }

    public static Object others() {
        return List.of(Colour.RED, new Object(), List.of(1).iterator(), Trees.class);
    }

    /** Tells how many it has given. */
    public static final class Counting extends AbstractCollection<Object> {
        public static int given;

        @Override public int size() {
            return 100;
        }

        @Override public Iterator<Object> iterator() {
            given = 0;
            return java.util.stream.IntStream.range(0, 100).mapToObj(i -> {
                given++;
                return new Object();
            }).iterator();
        }
    }

    public static Object counting() {
        return new Counting();
    }

    public static int given() {
        return Counting.given;
    }

    public static Object half() {
        return List.of("fine", "a\\ud800b");
    }

    public static Object failing() {
        return new AbstractList<Object>() {
            public int size() { return 3; }
            public Object get(int index) {
                if (index == 1) throw new IllegalStateException("no " + index);
                return index;
            }
        };
    }

    public static Object containing(Object given) {
        return new ArrayList<>(Arrays.asList(given, given));
    }
}
"""


@pytest.fixture(scope="module")
def trees() -> Any:
    module: Any = jvm().load_module("")
    module.run(SOURCE)
    return module.Trees


def test_values_are_what_they_are(trees: Any) -> None:
    assert metaffi.convert(trees.values()) == [
        *(True, 1, 2, 3, 4 << 40, 1.5, 2.5, "c", "text", None)
    ]
    assert metaffi.convert(trees.neutral()) == [
        9**30,
        decimal.Decimal("1.50"),
        datetime.date(2020, 1, 2),
        datetime.time(1, 2, 3),
        datetime.datetime(2020, 1, 2, 3, 4),
        datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc),
        datetime.timedelta(seconds=90),
        uuid.UUID(int=5),
    ]
    assert metaffi.convert(trees.shown()) == ["built", 7, [1], None, ("k", 1)]


def test_arrays_are_memory_or_lists(trees: Any) -> None:
    ints, rows, ragged, data, chars, texts, truths = metaffi.convert(trees.arrays())
    assert list(ints) == [1, 2]
    assert rows.tolist() == [[1.0], [2.0]]
    assert [list(row) for row in ragged] == [[1], [2, 3]]
    assert bytes(data) == b"\x01\xff"
    assert chars == "ab"
    assert texts == ["s", None]
    assert list(truths) == [True]


def test_containers_are_pythons_own(trees: Any) -> None:
    assert metaffi.convert(trees.nested()) == {
        "list": [1, {"a"}, [2]],
        "map": {1: [{}]},
    }
    large = metaffi.convert(trees.large(1000))
    assert large == {f"k{i}": [i, i * 0.5] for i in range(1000)}
    assert list(large) == [f"k{i}" for i in range(1000)]


def test_what_is_shared_or_contains_itself_is_met_again(trees: Any) -> None:
    made = metaffi.convert(trees.cycle())
    assert made[0] is made[1]
    assert made[0]["list"] is made
    with pytest.raises(metaffi.MetaFFIError, match="contains itself"):
        metaffi.convert(trees.cycle(), shared="copied")


def test_there_is_no_limit_to_depth(trees: Any) -> None:
    made, levels = metaffi.convert(trees.deep(20_000)), 0
    while made:
        made, levels = made[0], levels + 1
    assert levels == 20_000
    shallow = metaffi.convert(trees.deep(3), depth=2)
    assert str(shallow[0][0]) == "[[]]"


def test_records_have_fields_where_asked(trees: Any) -> None:
    first, second = metaffi.convert(trees.records(), fields=True)
    assert (first.x, first.y) == (1, [2])
    assert (second.x, second.y) == (3, None)


def test_what_has_no_conversion_is_itself(trees: Any) -> None:
    others = trees.others()
    made = metaffi.convert(others)
    assert [str(one) for one in made[:1]] == ["RED"]
    assert made[3] == trees
    assert len(made) == len(others)


def test_what_fails_ends_it(trees: Any) -> None:
    with pytest.raises(metaffi.MetaFFIError, match="no 1"):
        metaffi.convert(trees.failing())
    with pytest.raises(metaffi.MetaFFIError, match="half of a surrogate pair"):
        metaffi.convert(trees.half())


def test_objects_of_python_within_are_visited_as_there(trees: Any) -> None:
    own = deque([1, {"a": 2}])
    made = metaffi.convert(trees.containing(own))
    assert list(made[0]) == [1, {"a": 2}]
    assert metaffi.convert([trees.nested(), own])[0]["map"] == {1: [{}]}


def test_what_is_in_a_container_comes_many_at_a_time(trees: Any) -> None:
    given = metaffi.convert(trees.counting(), unconvertible=lambda one: trees.given())
    assert len(given) == 100
    assert len(set(given)) == 2 and given[-1] == 100


def test_converters_are_asked_about_objects(trees: Any) -> None:
    by_name: dict[type | str | None, Callable[[Any], Any]] = {
        "java.math.BigDecimal": str,
        "java.time.Duration": lambda given: "duration",
    }
    made = metaffi.convert(trees.neutral(), converters=by_name)
    assert made[1] == "1.50"
    assert made[6] == "duration"
    assert made[7] == uuid.UUID(int=5)
    lists = metaffi.convert(trees.nested(), converters={"java.util.ArrayList": len})
    assert lists == {"list": 3, "map": {1: [{}]}}
    made = metaffi.convert(trees.others(), unconvertible=lambda given: "object")
    assert made == ["object"] * 4


def test_choices_are_those_of_every_runtime(trees: Any) -> None:
    assert metaffi.convert(trees.nested(), sets=list, maps=list)[0] == ("list", [1, ["a"], [2]])
    assert metaffi.convert(trees.records(), fields=False, unconvertible=str) == [
        "Point[x=1, y=[2]]",
        "Point[x=3, y=null]",
    ]
    first, second = metaffi.convert(trees.records(), records=dict, nulls="omitted")
    assert (first, second) == ({"x": 1, "y": [2]}, {"x": 3})
    assert metaffi.convert(trees.arrays(), arrays=list)[:3] == [
        [1, 2],
        [[1.0], [2.0]],
        [[1], [2, 3]],
    ]
    with pytest.raises(metaffi.MetaFFIError, match="null"):
        metaffi.convert(trees.records(), nulls="error")
