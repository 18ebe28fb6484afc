import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LatLonDocValuesField;
import org.apache.lucene.document.LatLonPoint;
import org.apache.lucene.document.LongField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.facet.FacetResult;
import org.apache.lucene.facet.FacetsCollectorManager;
import org.apache.lucene.facet.FacetsConfig;
import org.apache.lucene.facet.LabelAndValue;
import org.apache.lucene.facet.sortedset.DefaultSortedSetDocValuesReaderState;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetCounts;
import org.apache.lucene.facet.sortedset.SortedSetDocValuesFacetField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortedNumericSelector;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopFieldCollectorManager;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.QueryBuilder;

/** Indexes cats with Lucene ("load FILE DIRECTORY") and answers list requests ("serve DIRECTORY"). */
public final class Server {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final EnglishAnalyzer ANALYZER = new EnglishAnalyzer();
  private static final FacetsConfig FACETS = new FacetsConfig();
  private static final Sort NEWEST = new Sort(LongField.newSortField("listed_at", true, SortedNumericSelector.Type.MAX));

  /** The parameters that are not filters. */
  private static final Set<String> OTHERS = Set.of("near", "radius_km", "q", "limit", "facets", "include_total");

  static {
    FACETS.setMultiValued("breed", true);
    FACETS.setMultiValued("color", true);
  }

  public static void main(String[] args) throws IOException {
    if (args[0].equals("load")) {
      load(Path.of(args[1]), Path.of(args[2]));
    } else {
      new Server(Path.of(args[1])).serve();
    }
  }

  /** Writes an index of one segment, which is sorted so that the newest cats are found first. */
  private static void load(Path file, Path directory) throws IOException {
    var config = new IndexWriterConfig(ANALYZER).setRAMBufferSizeMB(128).setIndexSort(NEWEST);
    try (var writer = new IndexWriter(new MMapDirectory(directory), config);
        var lines = Files.newBufferedReader(file)) {
      for (String line; (line = lines.readLine()) != null; ) {
        writer.addDocument(FACETS.build(document(JSON.readTree(line))));
      }
      writer.forceMerge(1);
    }
  }

  private static Document document(JsonNode cat) {
    var document = new Document();
    double lat = cat.get("lat").asDouble();
    double lng = cat.get("lng").asDouble();
    document.add(new LatLonPoint("location", lat, lng));
    document.add(new LatLonDocValuesField("location", lat, lng));
    document.add(new LongField("listed_at", cat.get("listed_at").asLong(), Field.Store.NO));
    document.add(new TextField("text", cat.get("text").asText(), Field.Store.NO));
    document.add(new StoredField("card", cat.get("card").asText().getBytes(StandardCharsets.UTF_8)));
    for (var field : cat.get("fields").properties()) {
      for (JsonNode value : field.getValue()) {
        document.add(new StringField(field.getKey(), value.asText(), Field.Store.NO));
        document.add(new SortedSetDocValuesFacetField(field.getKey(), value.asText()));
      }
    }
    return document;
  }

  private final IndexSearcher searcher;
  private final DefaultSortedSetDocValuesReaderState facetState;

  private Server(Path directory) throws IOException {
    var reader = DirectoryReader.open(new MMapDirectory(directory));
    searcher = new IndexSearcher(reader);
    facetState = new DefaultSortedSetDocValuesReaderState(reader, FACETS);
  }

  /** Serves on a free port and prints its URL. Searches run in the I/O threads, since nothing in them waits. */
  private void serve() {
    var undertow = Undertow.builder().addHttpListener(0, "127.0.0.1").setHandler(this::answer).build();
    undertow.start();
    var address = (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
    System.out.println("http://127.0.0.1:" + address.getPort());
  }

  private void answer(HttpServerExchange exchange) throws IOException {
    Map<String, Deque<String>> parameters = exchange.getQueryParameters();
    int limit = Integer.parseInt(first(parameters, "limit"));
    var query = query(parameters);
    var sort = NEWEST;
    if (parameters.containsKey("near")) {
      double[] at = point(parameters);
      sort = new Sort(LatLonDocValuesField.newDistanceSort("location", at[0], at[1]));
    }
    SortedSetDocValuesFacetCounts facets = null;
    TopDocs hits;
    if (parameters.containsKey("facets")) {
      var found = FacetsCollectorManager.search(searcher, query, limit, sort, new FacetsCollectorManager());
      hits = found.topDocs();
      facets = new SortedSetDocValuesFacetCounts(facetState, found.facetsCollector());
    } else {
      int counted = parameters.containsKey("include_total") ? Integer.MAX_VALUE : limit;
      hits = searcher.search(query, new TopFieldCollectorManager(sort, limit, null, counted));
    }
    var out = new ByteArrayOutputStream(64 << 10);
    out.writeBytes(bytes("{\"data\":["));
    var stored = searcher.storedFields();
    String separator = "";
    for (ScoreDoc hit : hits.scoreDocs) {
      out.writeBytes(bytes(separator));
      BytesRef card = stored.document(hit.doc).getBinaryValue("card");
      out.write(card.bytes, card.offset, card.length);
      separator = ",";
    }
    out.writeBytes(bytes("],\"page\":{\"total\":" + hits.totalHits.value() + "}"));
    if (facets != null) {
      var counts = new TreeMap<String, List<Count>>();
      for (String field : first(parameters, "facets").split(",")) {
        counts.put(field, counts(facets.getTopChildren(100, field)));
      }
      out.writeBytes(bytes(",\"facets\":" + JSON.writeValueAsString(counts)));
    }
    out.write('}');
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
    exchange.getResponseSender().send(ByteBuffer.wrap(out.toByteArray()));
  }

  private record Count(String value, int count) {}

  private static List<Count> counts(FacetResult result) {
    var counts = new ArrayList<Count>();
    if (result != null) {
      for (LabelAndValue value : result.labelValues) {
        counts.add(new Count(value.label, value.value.intValue()));
      }
    }
    return counts;
  }

  private static Query query(Map<String, Deque<String>> parameters) {
    var all = new BooleanQuery.Builder();
    parameters.forEach((name, values) -> {
      if (OTHERS.contains(name)) {
        return;
      }
      var any = new BooleanQuery.Builder();
      for (String value : values.getFirst().split(",")) {
        any.add(new TermQuery(new Term(name, value)), Occur.SHOULD);
      }
      all.add(any.build(), Occur.FILTER);
    });
    if (parameters.containsKey("near")) {
      double[] at = point(parameters);
      double meters = Double.parseDouble(first(parameters, "radius_km")) * 1000;
      all.add(LatLonPoint.newDistanceQuery("location", at[0], at[1], meters), Occur.FILTER);
    }
    if (parameters.containsKey("q")) {
      all.add(new QueryBuilder(ANALYZER).createBooleanQuery("text", first(parameters, "q"), Occur.MUST), Occur.FILTER);
    }
    return all.build();
  }

  private static double[] point(Map<String, Deque<String>> parameters) {
    String[] parts = first(parameters, "near").split(",");
    return new double[] {Double.parseDouble(parts[0]), Double.parseDouble(parts[1])};
  }

  private static String first(Map<String, Deque<String>> parameters, String name) {
    return parameters.get(name).getFirst();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
