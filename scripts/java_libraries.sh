#!/bin/sh
# Has Maven's client fetch the libraries that the tests of runtime jvm call, each with what it needs.
#   java_libraries.sh DIRECTORY
set -eu
to=$1
maven=${METAFFI_MAVEN:-mvn}

# fetch <name> <group> <artifact> <version>
fetch() {
    [ ! -e "$to/$1/complete" ] || return 0
    mkdir -p "$to/$1"
    cat >"$to/$1/pom.xml" <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>metaffi</groupId><artifactId>$1</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>$2</groupId><artifactId>$3</artifactId><version>$4</version></dependency>
  </dependencies>
</project>
POM
    "$maven" --batch-mode --quiet --file "$to/$1/pom.xml" dependency:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$to/$1" </dev/null
    touch "$to/$1/complete"
}

to=$(mkdir -p "$to" && cd "$to" && pwd)
fetch csv org.apache.commons commons-csv 1.11.0
fetch h2 com.h2database h2 2.3.232
fetch log4j org.apache.logging.log4j log4j-core 2.24.3
fetch lucene org.apache.lucene lucene-queryparser 9.12.1
fetch math org.apache.commons commons-math3 3.6.1
