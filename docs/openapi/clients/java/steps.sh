generate() { openapi_generator java --library native --additional-properties useSingleRequestParameter=true,enumUnknownDefaultCase=true --parameter-name-mappings wait=waitSeconds; }
list_operations() { sed -n 's/^  public [^(]* \([A-Za-z0-9]*\)WithHttpInfo(.*/\1/p' build/client/src/main/java/org/openapitools/client/api/*.java; }
list_schemas() { basename -a -s .java build/client/src/main/java/org/openapitools/client/model/*; }
compile() {
  install_jars
  rm -rf build/classes
  find build/client/src/main/java -name '*.java' >build/sources
  javac -encoding UTF-8 -J-XX:TieredStopAtLevel=1 -proc:none -cp 'build/lib/*' -d build/classes Conversation.java @build/sources
}
install_jars() {
  cmp -s pom.xml build/lib/installed.xml && return
  rm -rf build/lib
  mvn --quiet --batch-mode org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=build/lib
  cp pom.xml build/lib/installed.xml
}
converse() { java -cp 'build/classes:build/lib/*' Conversation; }
