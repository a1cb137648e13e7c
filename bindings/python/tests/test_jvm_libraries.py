"""Libraries of Java as they are published, used from Python; the set-up has fetched them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from java import jvm

import metaffi


def library(name: str) -> metaffi.MetaFFIModule:
    """The archives of a library, below METAFFI_TEST_JARS."""
    jars = os.environ.get("METAFFI_TEST_JARS")
    if jars is None:
        pytest.skip("METAFFI_TEST_JARS names no directory: scripts/java_libraries.sh makes one")
    if not (Path(jars) / name / "complete").exists():
        pytest.skip(f"{name} could not be fetched")
    return jvm().load_module(f"{jars}/{name}/*")


def test_a_table_by_jdbc() -> None:
    h2 = library("h2")
    with h2.java.sql.DriverManager.getConnection("jdbc:h2:mem:people") as connection:
        connection.createStatement().execute(
            "create table people(id int primary key, name varchar(40), height double)"
        )
        people = [(1, "Ann", 1.84), (2, "Bö", 1.65), (3, "\N{PILE OF POO}", 0.25), (4, None, None)]
        insert = connection.prepareStatement("insert into people values (?, ?, ?)")
        for row in people:
            for place, value in enumerate(row, 1):
                insert.setObject(place, value)
            insert.addBatch()
        assert list(insert.executeBatch()) == [1, 1, 1, 1]
        found = connection.createStatement().executeQuery("select * from people order by id")
        rows = []
        while found.next():
            rows.append((found.getInt("id"), found.getString("name"), found.getObject("height")))
        assert rows == people
        with pytest.raises(metaffi.MetaFFIError, match=r"JdbcSQLSyntaxErrorException.*NOSUCH"):
            connection.createStatement().executeQuery("select * from nosuch")
    assert connection.isClosed()


class Appender:
    """What log4j takes for an appender."""

    def __init__(self, state: Any) -> None:
        self.state = state
        self.lines: list[tuple[str, str]] = []

    def append(self, event: Any) -> None:
        self.lines.append((event.getLevel().name(), event.getMessage().getFormattedMessage()))

    def getName(self) -> str:
        return "python"

    def getLayout(self) -> None:
        return None

    def ignoreExceptions(self) -> bool:
        return False

    def getHandler(self) -> None:
        return None

    def setHandler(self, handler: Any) -> None:
        raise NotImplementedError

    def getState(self) -> Any:
        return self.state

    def isStarted(self) -> bool:
        return True

    def isStopped(self) -> bool:
        return False

    def initialize(self) -> None:
        pass

    def start(self) -> None:
        pass

    def stop(self) -> None:
        pass


def test_a_logger_with_an_appender_of_pythons() -> None:
    log4j = library("log4j")
    core = log4j.org.apache.logging.log4j
    java_log = core.LogManager.getLogger("of.tests")
    appender = Appender(core.core.LifeCycle.State.STARTED)
    java_log.addAppender(appender)
    java_log.setAdditive(False)
    core.core.config.Configurator.setLevel("of.tests", core.Level.INFO)
    try:
        java_log.debug("not seen")
        java_log.info("hello")
        java_log.warn("{} of {}", 1, "two")
        java_log.error("failed", log4j.java.lang.IllegalStateException("why"))
        assert (java_log.isDebugEnabled(), java_log.isInfoEnabled()) == (False, True)
    finally:
        # Java ends after Python has.
        java_log.getContext().getConfiguration().getAppenders().remove("python")
    assert appender.lines == [("INFO", "hello"), ("WARN", "1 of two"), ("ERROR", "failed")]


def test_an_index_that_is_searched() -> None:
    lucene = library("lucene")
    directory, analyzer = lucene.ByteBuffersDirectory(), lucene.StandardAnalyzer()
    stored = lucene.org.apache.lucene.document.Field.Store.YES
    texts = ["the quick brown fox", "lazy dogs sleep", "a fox sleeps", "größer"]
    with lucene.IndexWriter(directory, lucene.IndexWriterConfig(analyzer)) as writer:
        for text in texts:
            document = lucene.Document()
            document.add(lucene.TextField("text", text, stored))
            writer.addDocument(document)
    with lucene.DirectoryReader.open(directory) as reader:
        searcher = lucene.IndexSearcher(reader)
        parser = lucene.org.apache.lucene.queryparser.classic.QueryParser("text", analyzer)
        for query, meant in [("fox", {texts[0], texts[2]}), ("fox AND quick", {texts[0]})]:
            hits = searcher.search(parser.parse(query), 10).scoreDocs
            assert {searcher.storedFields().document(hit.doc).get("text") for hit in hits} == meant
        hits = searcher.search(parser.parse("GRÖSSER OR größer"), 10).scoreDocs
        assert len(hits) == 1
        with pytest.raises(metaffi.MetaFFIError, match="ParseException"):
            parser.parse("fox AND")


def test_records_of_text() -> None:
    csv = library("csv")
    text = csv.java.io.StringReader('name,size\n"a, b",1\nc,22\n')
    form = csv.CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(True).build()
    with form.parse(text) as parser:
        assert [(record.get("name"), int(record.get(1))) for record in parser] == [
            ("a, b", 1),
            ("c", 22),
        ]


def test_statistics_and_functions_of_pythons() -> None:
    math = library("math")
    statistics = math.DescriptiveStatistics()
    for number in [1.0, 2.0, 3.0, 6.0]:
        statistics.addValue(number)
    assert (statistics.getMean(), statistics.getMax()) == (3.0, 6.0)
    # A function of Python's is the one method of an interface.
    solver = math.org.apache.commons.math3.analysis.solvers.BrentSolver()
    root = solver.solve(100, lambda x: x * x - 2, 0.0, 2.0)
    assert root == pytest.approx(2**0.5, abs=1e-5)
    # By the path of an entity numbers go over as an array.
    mean = math.load_entity("class=org.apache.commons.math3.stat.StatUtils,callable=mean(double[])")
    assert mean([1.0, 2.0, 6.0]) == 3.0
    integral = math.org.apache.commons.math3.analysis.integration.SimpsonIntegrator()
    with pytest.raises(ZeroDivisionError):
        integral.integrate(1000, lambda x: x / 0, 0.0, 1.0)


def test_a_logger_is_the_same_by_attribute_and_as_an_entity() -> None:
    log4j = library("log4j")
    core = log4j.org.apache.logging.log4j
    manager = "class=org.apache.logging.log4j.LogManager,callable=getLogger(String)"
    by_entity = log4j.load_entity(manager)
    core.core.config.Configurator.setLevel("of.both", core.Level.TRACE)
    for logger in core.LogManager.getLogger("of.both"), by_entity("of.both"):
        assert logger.isTraceEnabled()
        assert logger.getContext() == core.LogManager.getContext(False)
