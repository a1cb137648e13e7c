// Objects of C++ classes, and functions of any values, which Python uses as its own.
#include "python_runtime.hpp"

#include <map>
#include <set>

namespace {

using metaffi::arguments;
using metaffi::callable;
using metaffi::error;
using metaffi::name;
using metaffi::object;
using metaffi::value;

std::atomic<int> living;

/// A list of names that can be asked for its sum.
class shelf {
  public:
    static constexpr const char *type_name = "Shelf";

    explicit shelf(std::vector<long> items) : items_(std::move(items)) { living++; }
    shelf(const shelf &) = delete;
    ~shelf() { living--; }

    value get_attribute(std::string_view name) const {
        if (name == "label")
            return value(label_);
        if (name == "fails")
            throw std::runtime_error("the shelf is broken");
        throw error(METAFFI_STATUS_NOT_FOUND, "", "a shelf has no " + std::string(name));
    }
    void set_attribute(std::string_view name, const value &given) {
        if (name != "label")
            throw std::out_of_range(std::string(name));
        label_ = given.as<std::string>();
    }
    std::vector<std::string> members() const { return {"label", "fails"}; }
    std::array<const char *, 1> methods() const { return {"sum"}; }
    value invoke(std::string_view name, const arguments &given) const {
        if (name != "sum")
            throw std::out_of_range("no such method");
        long sum = given.get(0, "start", 0L);
        for (long item : items_)
            sum += item;
        return value(sum);
    }
    std::size_t size() const { return items_.size(); }
    long &operator[](std::size_t index) { return items_[index]; }
    bool contains(const value &item) const {
        return std::find(items_.begin(), items_.end(), item.as<long>()) != items_.end();
    }
    auto begin() const { return items_.begin(); }
    auto end() const { return items_.end(); }
    bool operator==(const shelf &other) const { return items_ == other.items_; }
    bool operator<(const shelf &other) const { return items_ < other.items_; }
    std::uint64_t hash() const { return items_.size(); }
    std::string to_string() const { return "shelf " + label_; }
    explicit operator bool() const { return !items_.empty(); }
    long enter() { return ++entered_; }
    bool exit(const error *failed) {
        entered_--;
        return failed != nullptr && failed->foreign_type() == "KeyError";
    }

    int entered_ = 0;

  private:
    std::vector<long> items_;
    std::string label_ = "red";
};

void a_list_is_used_by_python(const metaffi::runtime &python) {
    object made = object::make<shelf>(std::vector<long>{3, 1, 2});
    CHECK(living == 1 && made.type_name() == "Shelf");
    CHECK(evaluated(python, "str(sorted(x))", made).as<std::string>() == "[1, 2, 3]");
    CHECK(holds(python, "len(x) == 3 and x[0] == 3 and x[-1] == 2 and x[1:] == [1, 2]", made) ||
          holds(python, "list(x[1:]) == [1, 2]", made));
    CHECK(holds(python, "2 in x and 7 not in x", made));
    CHECK(holds(python, "[one * 2 for one in x] == [6, 2, 4]", made));
    CHECK(holds(python, "x.label == 'red' and 'label' in dir(x)", made));
    CHECK(holds(python, "setattr(x, 'label', 'blue') is None and str(x) == 'shelf blue'", made));
    CHECK(holds(python, "x.__setitem__(0, 30) is None and x[0] == 30", made));
    CHECK(holds(python, "isinstance(x, __import__('collections.abc').abc.Sequence)", made));
    CHECK(holds(python, "__import__('json').dumps(x, default=list) == '[30, 1, 2]'", made));
    CHECK(holds(python, "hash(x) == hash(x) and {x: 1}[x] == 1", made));
    CHECK(holds(python, "x", made) && made.hash() == 3);
    CHECK(made.invoke(name("sum"), {}).as<long>() == 33);
    CHECK(
        holds(python, "x.sum() == 33 and x.sum(start=7) == 40 and x.sum.__name__ == 'sum'", made));
    CHECK(holds(python, "'sum' in dir(x)", made));
    std::vector<value> one;
    one.emplace_back(7);
    CHECK(made.invoke(name("sum"), one, {name("start")}).as<long>() == 40);
    CHECK(made.target<shelf>()->size() == 3);
    CHECK_THROWS(METAFFI_STATUS_NOT_FOUND, "", made.invoke(name("product"), {}));
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "has no width", evaluated(python, "x.width", made));
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "", evaluated(python, "x[3]", made));
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "the shelf is broken", evaluated(python, "x.fails", made));
    try {
        made.attr("fails");
        CHECK(!"it threw");
    } catch (const error &failed) {
        CHECK(failed.status() == METAFFI_STATUS_FOREIGN);
        CHECK(failed.foreign_type() == "std::runtime_error");
        CHECK(std::string(failed.what()).find("the shelf is broken") != std::string::npos);
    }
    made = object();
    // What Python had of it is given back when somebody has the GIL.
    CHECK(holds(python, "x == 1", 1) && living == 0);
}

void those_of_a_class_are_compared(const metaffi::runtime &) {
    object one = object::make<shelf>(std::vector<long>{1, 2}),
           same = object::make<shelf>(std::vector<long>{1, 2}),
           more = object::make<shelf>(std::vector<long>{1, 3});
    CHECK(one == same && one != more && one < more && more > one && one <= same && more >= one);
    CHECK(!(one == 5) && one != "text" && 5 != one);
    CHECK(one.hash() == same.hash());
    CHECK_THROWS(METAFFI_STATUS_UNSUPPORTED, "", (void)(one < 5));
}

void a_context_is_entered_and_left(const metaffi::runtime &python) {
    auto target = std::make_shared<shelf>(std::vector<long>{});
    object made = object::of(target);
    auto module = python.load_module("builtins");
    auto run = module.load<value(value, value)>(escaped("exec(args[1], {'x': args[0]})"));
    run(value(made), value("with x as count:\n    assert count == 1"));
    run(value(made), value("with x:\n    {}['a']"));
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "division", run(value(made), value("with x:\n    1 / 0")));
    CHECK(target->entered_ == 0 && made.target<shelf>() == target && !made.truth());
}

struct table {
    std::map<std::string, int> rows;

    std::size_t size() const { return rows.size(); }
    auto begin() const { return rows.begin(); }
    auto end() const { return rows.end(); }
    int operator[](const std::string &key) const { return rows.at(key); }
    void set_entry(const value &key, const value &given) {
        rows[key.as<std::string>()] = given.as<int>();
    }
    void delete_entry(const value &key) {
        if (rows.erase(key.as<std::string>()) == 0)
            throw std::out_of_range("no such row");
    }
};

void a_map_is_a_mapping(const metaffi::runtime &python) {
    object made = object::of(std::make_shared<table>(table{{{"a", 1}, {"b", 2}}}));
    CHECK(holds(python, "dict(x) == {'a': 1, 'b': 2} and x['a'] == 1 and 'b' in x", made));
    CHECK(holds(python, "x.update(c=3) is None and x.pop('a') == 1 and sorted(x) == ['b', 'c']",
                made));
    CHECK(holds(python, "x.get('none', 5) == 5 and list(x.items()) == [('b', 2), ('c', 3)]", made));
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "absent", evaluated(python, "x['absent']", made));
    // It is visited by what it has, also where Python's own containers keep it.
    CHECK(holds(python, "__import__('json').dumps(dict(x)) == '{\"b\": 2, \"c\": 3}'", made));
    CHECK(made.target<table>()->rows.size() == 2 && made.target<shelf>() == nullptr);
}

struct adder {
    long of;
    long operator()(long one, long other) const { return of + one + other; }
};

struct counter {
    int at = 0;
    std::optional<int> next() {
        if (at == 3)
            return std::nullopt;
        if (at == 2 && fails)
            throw std::logic_error("cannot count");
        return at++;
    }
    bool fails = false;
};

void calls_loops_and_numbers(const metaffi::runtime &python) {
    object made = object::make<adder>(adder{100});
    CHECK(holds(python, "x(1, 2) == 103", made));
    CHECK(made(1, 2).as<long>() == 103);
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "3 arguments given, but it takes 2",
                 evaluated(python, "x(1, 2, 3)", made));
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "argument 1", evaluated(python, "x(1, 'a')", made));
    CHECK(evaluated(python, "str(list(x))", object::make<counter>()).as<std::string>() ==
          "[0, 1, 2]");
    CHECK_THROWS(
        METAFFI_STATUS_FOREIGN, "cannot count",
        evaluated(python, "list(x)", object::of(std::make_shared<counter>(counter{0, true}))));
}

struct playlist {
    std::vector<std::string> titles;

    std::size_t size() const { return titles.size(); }
    std::string &operator[](std::size_t index) { return titles[index]; }
    auto begin() const { return titles.begin(); }
    auto end() const { return titles.end(); }
};

std::string greet(const metaffi::arguments &given) {
    return given.get(0, "greeting", std::string("hello")) + " " + given.get<std::string>(1, "name");
}

void the_page_about_objects_is_right(const metaffi::runtime &python) {
    {
        auto object = metaffi::object::make<playlist>(playlist{{"Sultans", "Avalon"}});
        CHECK(holds(python, "' '.join(x) == 'Sultans Avalon' and x[-1] == 'Avalon'", object));
    }
    auto greeting = metaffi::callable::of_values(greet, {"greeting", "name"});
    CHECK(holds(python, "x(name='you') == 'hello you' and x('good', name='you') == 'good you'",
                greeting));
}

/// Tells of itself as a map.
struct told {
    void visit(const metaffi::sink &to) const {
        to.open(METAFFI_CONTAINER_MAP);
        to.text("none");
        to.null();
        to.text("one");
        to.integer(1);
        to.integer(2);
        to.open(METAFFI_CONTAINER_MAP);
        to.text("deep");
        to.null();
        to.text("list");
        to.open(METAFFI_CONTAINER_LIST);
        to.null();
        to.close();
        to.close();
        to.close();
    }
};

/// Writes what it is told.
struct written : metaffi::visitor {
    std::string text_;
    void null() override { text_ += "null "; }
    void boolean(bool told) override { text_ += told ? "true " : "false "; }
    void integer(std::int64_t told) override { text_ += std::to_string(told) + " "; }
    void number(double told) override { text_ += std::to_string(told) + " "; }
    void text(std::string_view told) override { text_ += std::string(told) + " "; }
    void object(metaffi::object told) override { text_ += told.type_name() + " "; }
    void open(const metaffi::container &told) override {
        text_ += told.kind == METAFFI_CONTAINER_MAP ? "{ " : "[ ";
    }
    void close() override { text_ += ". "; }
    void again(std::uint64_t id) override { text_ += "again " + std::to_string(id) + " "; }
};

std::string visited(const value &of, metaffi_visit_flags flags = 0) {
    written all;
    metaffi_visit_options options = metaffi::visit_options();
    options.flags = flags;
    metaffi::visit(of, all, options);
    return all.text_;
}

void visits_go_through_all_runtimes(const metaffi::runtime &python) {
    object made = object::make<told>();
    CHECK(visited(value(made)) == "{ none null one 1 2 { deep null list [ null . . . ");
    CHECK(visited(value(made), METAFFI_VISIT_WITHOUT_NULLS) == "{ one 1 2 { list [ null . . . ");
    CHECK(visited(value(made), METAFFI_VISIT_WITHOUT_NULLS | METAFFI_VISIT_MAPS_AS_PAIRS) ==
          "[ [ one 1 . [ 2 [ [ list [ null . . . . . ");
    // An object of the host's among Python's is visited by what it has.
    auto deque = [&](const object &of) {
        return evaluated(python, "__import__('collections').deque([x, 'then', {'a': x}])", of);
    };
    object list = object::make<shelf>(std::vector<long>{1, 2});
    CHECK(visited(deque(list)) == "[ [ 1 2 . then { a again 2 . . ");
    CHECK(visited(deque(made), METAFFI_VISIT_WITHOUT_NULLS)
              .find("[ { one 1 2 { list [ null . . . then ") == 0);
    CHECK(visited(deque(object::make<adder>(adder{1}))).find("adder") != std::string::npos);
}

/// Every function throws what it is told to.
struct thrower {
    static constexpr metaffi_capabilities is = METAFFI_IS_SEQUENCE;
    int what;

    [[noreturn]] void fail() const {
        if (what == 0)
            throw std::invalid_argument("what() of it");
        if (what == 1)
            throw 42;
        throw error(METAFFI_STATUS_OUT_OF_RANGE, "my.Type", "with details");
    }
    int get_attribute(std::string_view) const { fail(); }
    void set_attribute(std::string_view, const value &) const { fail(); }
    void delete_attribute(std::string_view) const { fail(); }
    std::vector<std::string> members() const { fail(); }
    int call(const arguments &) const { fail(); }
    int invoke(std::string_view, const arguments &) const { fail(); }
    int operator[](const value &) const { fail(); }
    void set_entry(const value &, const value &) const { fail(); }
    void delete_entry(const value &) const { fail(); }
    std::size_t size() const { fail(); }
    bool contains(const value &) const { fail(); }
    const int *begin() const { fail(); }
    const int *end() const { fail(); }
    std::optional<int> next() const { fail(); }
    bool operator==(const thrower &) const { fail(); }
    bool operator<(const thrower &) const { fail(); }
    std::uint64_t hash() const { fail(); }
    std::string to_string() const { fail(); }
    double number() const { fail(); }
    explicit operator bool() const { fail(); }
    int enter() const { fail(); }
    void exit() const { fail(); }
    metaffi::array buffer(bool) const { fail(); }
    void visit(const metaffi::sink &) const { fail(); }
};

void what_members_throw_is_an_error(const metaffi::runtime &) {
    struct kind {
        metaffi_status status;
        std::string type, message;
    };
    const kind kinds[] = {{METAFFI_STATUS_FOREIGN, "std::invalid_argument", "what() of it"},
                          {METAFFI_STATUS_FOREIGN, "int", "no std::exception"},
                          {METAFFI_STATUS_OUT_OF_RANGE, "my.Type", "with details"}};
    for (int what = 0; what < 3; what++) {
        object made = object::make<thrower>(thrower{what}), other = made.clone(),
               like = object::make<thrower>(thrower{what});
        const kind &thrown = kinds[what];
        int failures = 0;
        auto fails = [&](auto &&body) {
            try {
                body();
            } catch (const error &failed) {
                failures++;
                CHECK(failed.status() == thrown.status);
                CHECK(failed.foreign_type() == thrown.type);
                CHECK(std::string(failed.what()).find(thrown.message) != std::string::npos);
            }
        };
        value key(1);
        metaffi::visitor nothing;
        fails([&] { made.attr("x"); });
        fails([&] { made.attr("x", key); });
        fails([&] { made.delete_attr("x"); });
        fails([&] { made.members(); });
        fails([&] { made(1); });
        fails([&] { made.invoke(name("f"), {}); });
        fails([&] { made.item(key); });
        fails([&] { made.item(key, key); });
        fails([&] { made.delete_item(key); });
        fails([&] { made.length(); });
        fails([&] { made.contains(key); });
        fails([&] { made.iterate(); });
        fails([&] { made.next(3); });
        fails([&] { made.compare(METAFFI_EQUAL, value(like)); });
        fails([&] { made.compare(METAFFI_LESS, value(like)); });
        fails([&] { made.hash(); });
        fails([&] { made.text(); });
        fails([&] { made.number(); });
        fails([&] { made.truth(); });
        fails([&] { made.enter(); });
        fails([&] { made.exit(); });
        fails([&] { made.buffer(); });
        fails([&] { metaffi::visit(value(made), nothing); });
        CHECK(failures == 23);
    }
}

/// Frees the only handle of itself within an operation, and uses itself after that.
struct suicide {
    object *own;
    std::shared_ptr<int> freed;
    int call(const arguments &) {
        own->reset();
        CHECK(freed.use_count() == 2);
        return *freed;
    }
    ~suicide() {}
};

/// Uses Python, which uses it again.
struct nested {
    const metaffi::runtime *python;
    std::weak_ptr<nested> self;
    long call(const arguments &given) {
        long depth = given.get<long>(0);
        if (depth == 0)
            return 0;
        object again = object::of(self.lock());
        auto module = python->load_module("builtins");
        auto call = module.load<value(value, value)>(escaped("args[0](args[1] - 1)"));
        return 1 + call(value(again), value(depth)).as<long>();
    }
};

void operations_may_do_anything(const metaffi::runtime &python) {
    auto number = std::make_shared<int>(7);
    object own;
    own = object::make<suicide>(suicide{&own, number});
    const metaffi_object *handle = own.get();
    metaffi_value returned{};
    CHECK_OK(metaffi_object_call(handle, nullptr, 0, nullptr, 0, &returned, &err));
    CHECK(returned.data.int32 == 7 && number.use_count() == 1);
    auto deep = std::make_shared<nested>();
    deep->python = &python;
    deep->self = deep;
    CHECK(object::of(deep)(20).as<long>() == 20);
}

void functions_take_any_values(const metaffi::runtime &python) {
    callable sum([](const arguments &given) {
        long sum = 0;
        for (std::size_t i = 0; i < given.size(); i++)
            sum += given.get<long>(i);
        return sum * given.get("times", 1L);
    });
    CHECK(holds(python, "x() == 0 and x(1, 2) == 3 and x(*range(100), times=2) == 9900", sum));
    CHECK(sum(1, 2, 3).at(0).as<long>() == 6);
    std::vector<value> given;
    given.emplace_back(4);
    given.emplace_back(5);
    CHECK(sum.call(given, {name("times")}).as<long>() == 20);
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "argument 0", evaluated(python, "x('a')", sum));
    callable power = callable::of_values(
        [](const arguments &given) {
            long base = given.get<long>(0, "base"), power = given.get(1, "power", 2L), result = 1;
            for (long i = 0; i < power; i++)
                result *= base;
            return result;
        },
        {"base", "power"}, 1);
    power.set_name("power");
    power.set_documentation("The base to the power.");
    CHECK(holds(python, "x(3) == 9 and x(2, 5) == 32 and x(power=3, base=2) == 8", power));
    CHECK(holds(python, "x.__name__ == 'power' and x.__doc__ == 'The base to the power.'", power));
    CHECK(holds(python, "list(map(x, [1, 2, 3])) == [1, 4, 9]", power));
    CHECK(power.required_count() == 1 && power.takes_names());
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "argument 0 (base) is not given",
                 evaluated(python, "x(power=1)", power));
    callable nothing([](arguments) {}), thrower([](arguments) -> int { throw 1.5; });
    CHECK(holds(python, "x(1, a=2) is None", nothing));
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "no std::exception", evaluated(python, "x()", thrower));
    auto add = [](long one, long other) { return one + other; };
    callable typed(add);
    CHECK(typed.target<decltype(add)>() != nullptr);
    CHECK(sum.target<decltype(add)>() == nullptr);
}

void one_that_comes_back_is_itself(const metaffi::runtime &python) {
    struct tagged {
        int tag;
        value operator()(const arguments &) { return value(tag); }
    };
    callable made(tagged{17});
    value back = evaluated(python, "[x][0]", made);
    CHECK(back.as<callable>().target<tagged>()->tag == 17);
    object kept = object::make<shelf>(std::vector<long>{1});
    CHECK(evaluated(python, "{'a': x}['a']", kept).as<object>().target<shelf>() ==
          kept.target<shelf>());
}

} // namespace

int main() try {
    metaffi::runtime python = load_python();
    a_list_is_used_by_python(python);
    those_of_a_class_are_compared(python);
    a_context_is_entered_and_left(python);
    a_map_is_a_mapping(python);
    calls_loops_and_numbers(python);
    the_page_about_objects_is_right(python);
    visits_go_through_all_runtimes(python);
    what_members_throw_is_an_error(python);
    operations_may_do_anything(python);
    functions_take_any_values(python);
    one_that_comes_back_is_itself(python);
    CHECK(holds(python, "x == 1", 1) && living == 0);
    return CHECK_RESULT;
} catch (const std::exception &failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
}
