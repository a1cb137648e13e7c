// Classes of C++ as they are: of ints, texts and vectors, with nothing written for it.
#include "python_runtime.hpp"

#include <map>
#include <set>

namespace {

using metaffi::error;
using metaffi::object;
using metaffi::value;

struct squares {
    int operator[](int index) const { return index * index; }
    int size() const { return 3; }
};

struct rows {
    std::vector<std::vector<int>> all{{1, 2}, {3}};

    const std::vector<int> &operator[](std::size_t index) const { return all[index]; }
    std::size_t size(int unit = 1) const { return all.size() / std::size_t(unit); }
    auto begin() const { return all.begin(); }
    auto end() const { return all.end(); }
};

struct dictionary {
    const std::string &operator[](std::size_t index) const { return words.at(index); }
    std::size_t operator[](std::string_view word) const {
        for (std::size_t i = 0; i < words.size(); i++)
            if (words[i] == word)
                return i;
        throw std::out_of_range("no such word");
    }
    bool contains(const std::string &word) const { return word == words[0] || word == words[1]; }

    std::vector<std::string> words{"one", "two"};
};

struct scale {
    std::vector<double> operator()(const std::vector<double> &numbers, double by) const noexcept {
        std::vector<double> scaled;
        for (double number : numbers)
            scaled.push_back(number * by);
        return scaled;
    }
};

struct join {
    std::string operator()(const std::vector<std::string> &words, const std::string &with) {
        std::string joined;
        for (const std::string &word : words)
            joined += joined.empty() ? word : with + word;
        return joined;
    }
};

struct split {
    std::vector<std::string> operator()(const std::string &) const { return {"a", "b"}; }
};

struct node {
    int number = 1;
    std::shared_ptr<node> next;

    value get_attribute(std::string_view name) const {
        if (name == "number")
            return value(number);
        throw std::out_of_range(std::string(name));
    }
    void set_attribute(std::string_view name, int given) {
        if (name != "number")
            throw std::out_of_range(std::string(name));
        number = given;
    }
    std::shared_ptr<node> operator()() const { return next; }
};

/// Compares itself with numbers.
struct amount {
    double of;

    bool operator==(const value &other) const { return other.as<double>() == of; }
    bool operator<(const value &other) const { return of < other.as<double>(); }
    friend bool operator<(const value &other, const amount &one) {
        return other.as<double>() < one.of;
    }
};

void members_take_and_give_what_they_declare(const metaffi::runtime &python) {
    CHECK(holds(python, "list(x) == [0, 1, 4] and x[-1] == 4 and len(x) == 3",
                object::make<squares>()));
    object table = object::make<rows>();
    CHECK(holds(python, "[list(row) for row in x] == [[1, 2], [3]] and len(x) == 2", table));
    CHECK(table.as<std::vector<std::vector<int>>>().at(0).at(1) == 2);
    object words = object::make<dictionary>();
    CHECK(
        holds(python, "x[1] == 'two' and x['two'] == 1 and 'one' in x and 'six' not in x", words));
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "range_check", evaluated(python, "x[2]", words));
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "six", evaluated(python, "x['six']", words));
    CHECK(holds(python, "list(x([1, 2.5], 2)) == [2, 5]", object::make<scale>()));
    CHECK(holds(python, "x(('a', 'b'), '+') == 'a+b'", object::make<join>()));
    CHECK(holds(python, "list(x('')) == ['a', 'b']", object::make<split>()));
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "argument 0",
                 evaluated(python, "x(3, '+')", object::make<join>()));
    auto last = std::make_shared<node>();
    object first = object::make<node>(node{1, last});
    CHECK(holds(python, "setattr(x(), 'number', 7) is None and x().number == 7", first));
    CHECK(last->number == 7 &&
          holds(python, "x() == x() and hash(x()) == hash(x()) and x != x() and x()() is None",
                first));
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "",
                 evaluated(python, "setattr(x(), 'number', '')", first));
}

void containers_of_the_library_are_those_of_python(const metaffi::runtime &python) {
    auto numbers = std::make_shared<std::vector<int>>(std::vector<int>{1, 2, 3});
    object list = object::of(numbers);
    CHECK(holds(python, "x.__setitem__(1, 9) is None and list(reversed(x)) == [3, 9, 1]", list));
    CHECK(numbers->at(1) == 9);
    auto ages = std::make_shared<std::map<std::string, int>>();
    ages->emplace("ann", 31);
    object map = object::of(ages);
    CHECK(holds(python, "x['ann'] == 31 and x.get('bob') is None and 'bob' not in x", map));
    CHECK(ages->size() == 1);
    CHECK(holds(python, "x.update(bob=3) is None and dict(x) == {'ann': 31, 'bob': 3}", map));
    CHECK(holds(python, "x.pop('ann') == 31 and 5 not in x and x.get(5) is None", map));
    CHECK(ages->size() == 1 && ages->at("bob") == 3);
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "ann", evaluated(python, "x.pop('ann')", map));
    CHECK(holds(python, "list(x) == [5] and x[5] == 'five'",
                object::make<std::map<int, std::string>>(std::map<int, std::string>{{5, "five"}})));
    object set = object::make<std::set<std::string>>(std::set<std::string>{"a", "b"});
    CHECK(
        holds(python, "'a' in x and 'c' not in x and 1 not in x and x & {'b', 'c'} == {'b'}", set));
}

void what_is_equal_is_said_of_any_two(const metaffi::runtime &python) {
    object list = object::make<std::vector<int>>(std::vector<int>{1});
    object decimal = python.load_module("decimal").run("Decimal(5)").as<object>();
    object python_list = python.load_module("builtins").run("[5]").as<object>();
    metaffi::module c = metaffi::runtime("c").load_module("");
    object number = metaffi::cdata(metaffi::ctype(c, "int"), 5);
    CHECK(list != 5 && !(list == "text") && !(list == 3.0) && list == list.clone());
    CHECK(decimal == 5 && decimal < 5.5 && decimal != "text" && 5 == decimal && 4.5 < decimal);
    CHECK(python_list != 5 && python_list != std::string("text"));
    CHECK(python_list == std::vector<int>{5});
    CHECK(number == 5 && number < 6.5 && number != "text" && 5 == number && 6 >= number);
    object five = object::make<amount>(amount{5});
    CHECK(five == 5 && 5 == five && five < 5.5 && five >= 4 && 6 > five && five != 4);
    CHECK(holds(python, "x == 5 and 4 < x and x <= 5 and not x != 5", five));
    CHECK_THROWS(METAFFI_STATUS_FOREIGN, "", (void)(decimal < "text"));
    CHECK_THROWS(METAFFI_STATUS_UNSUPPORTED, "", (void)(list < 3.0));
    CHECK_THROWS(METAFFI_STATUS_TYPE_MISMATCH, "", (void)(five == "text"));
}

} // namespace

int main() try {
    metaffi::runtime python = load_python();
    members_take_and_give_what_they_declare(python);
    containers_of_the_library_are_those_of_python(python);
    what_is_equal_is_said_of_any_two(python);
    return CHECK_RESULT;
} catch (const std::exception &failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
}
