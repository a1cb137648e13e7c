// A class of C++ that Python uses as its own, and objects of Python in C++.
#include <metaffi.hpp>

#include <algorithm>
#include <cstdio>

using metaffi::arg;
using metaffi::object;
using metaffi::value;

namespace {

/// A list of titles: what it has members for, it can do in Python.
class playlist {
  public:
    static constexpr const char *type_name = "Playlist";

    explicit playlist(std::vector<std::string> titles) : titles_(std::move(titles)) {}

    // len(list), list[1], list[1] = "…", "…" in list, for title in list
    std::size_t size() const { return titles_.size(); }
    std::string &operator[](std::size_t index) { return titles_[index]; }
    bool contains(const value &title) const {
        return std::find(begin(), end(), title.as<std::string>()) != end();
    }
    std::vector<std::string>::const_iterator begin() const { return titles_.begin(); }
    std::vector<std::string>::const_iterator end() const { return titles_.end(); }

    // list.add("…", at=0)
    std::vector<std::string> methods() const { return {"add"}; }
    value invoke(std::string_view method, const metaffi::arguments &given) {
        if (method != "add")
            throw std::out_of_range("no such method");
        auto at = given.get("at", size());
        if (at > size())
            throw std::invalid_argument("there is no such place");
        titles_.insert(titles_.begin() + static_cast<long>(at), given.get<std::string>(0));
        return value();
    }

    // with list as open: …
    std::string enter() { return "playing"; }
    void exit() { std::printf("stopped\n"); }

    std::string to_string() const { return std::to_string(size()) + " titles"; }

  private:
    std::vector<std::string> titles_;
};

void python_uses_it(const metaffi::runtime &python) {
    auto builtins = python.load_module("builtins");
    auto function = [&](const std::string &path) { return builtins.load<object()>(path)(); };
    object list = object::make<playlist>(std::vector<std::string>{"Sultans", "Avalon"});

    object sorted = function("eval=sorted");
    for (const value &title : sorted(list, arg("reverse") = true).as<object>())
        std::printf("%s\n", title.as<std::string>().c_str());

    object dumps = function("eval=__import__('json').dumps"), as_list = function("eval=list");
    std::printf("%s\n", dumps(list, arg("default") = as_list).as<std::string>().c_str());

    object run = function("eval=exec"), names = function("eval={}");
    names["list"] = list;
    run("list.add('Roxanne', at=0)\n"
        "assert len(list) == 3 and list[0] == 'Roxanne' and 'Avalon' in list\n"
        "list[-1] = 'More Than This'\n"
        "with list as state:\n"
        "    print(state, ', '.join(list), f'({list})', flush=True)\n",
        names);
    try {
        run("list.add('Roxanne', at=9)", names);
    } catch (const metaffi::error &failed) {
        std::printf("%s\n", failed.what());
    }
    std::printf("%zu titles here\n", list.target<playlist>()->size());
}

void functions_take_anything(const metaffi::runtime &python) {
    metaffi::callable greet([](const metaffi::arguments &given) {
        return given.get(0, "greeting", std::string("hello")) + " " +
               given.get<std::string>(1, "name");
    });
    auto builtins = python.load_module("builtins");
    auto call = builtins.load<std::string(const metaffi::callable &)>(
        "eval=args[0]('good morning'\\, name\\='Python')");
    std::printf("%s\n", call(greet).c_str());
}

} // namespace

int main() try {
    metaffi::runtime python("python3");
    python_uses_it(python);
    functions_take_anything(python);
} catch (const std::exception &failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
}
