import java.util.List;
import java.util.Objects;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.ApiResponse;
import org.openapitools.client.api.CatsApi;
import org.openapitools.client.api.CatsApi.APIListCatsRequest;
import org.openapitools.client.api.SyncApi;
import org.openapitools.client.api.SyncApi.APIListChangesRequest;
import org.openapitools.client.api.WritingApi;
import org.openapitools.client.api.WritingApi.APIGetCatOfShelterRequest;
import org.openapitools.client.api.WritingApi.APIPutCatRequest;
import org.openapitools.client.model.AgeGroup;
import org.openapitools.client.model.AgeGroupFilter;
import org.openapitools.client.model.Cat;
import org.openapitools.client.model.CatCard;
import org.openapitools.client.model.CatDraft;
import org.openapitools.client.model.CatPage;
import org.openapitools.client.model.CatSort;
import org.openapitools.client.model.ChangePage;
import org.openapitools.client.model.Event;
import org.openapitools.client.model.EventType;
import org.openapitools.client.model.ListedCatStatus;
import org.openapitools.client.model.Problem;
import org.openapitools.client.model.ProblemCode;
import org.openapitools.client.model.Sex;
import org.openapitools.client.model.WrittenCat;

/** Talks to a server with the Java client of OpenAPI Generator. */
public class Conversation {
  private static final String EXTERNAL_ID = "client-java";

  public static void main(String[] args) throws Exception {
    String key = System.getenv("TRAILCAT_KEY");
    String shelter = System.getenv("TRAILCAT_SHELTER");
    ApiClient client = new ApiClient();
    client.updateBaseUri(System.getenv("TRAILCAT_URL"));
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + key));
    CatsApi cats = new CatsApi(client);
    WritingApi writing = new WritingApi(client);
    SyncApi sync = new SyncApi(client);

    // Find cats.
    CatPage page = cats.listCats(filters().build());
    expect("cats of the first page", page.getData().size(), 5);
    for (CatCard cat : page.getData()) {
      expect("age_group is young or adult", List.of(AgeGroup.AgeGroupYoung, AgeGroup.AgeGroupAdult).contains(cat.getAgeGroup()), true);
      expect("distance_km is at most 50", cat.getDistanceKm() <= 50, true);
    }
    expect("url of the first cat", page.getData().get(0).getUrl(), null);
    expect("status", page.getData().get(0).getStatus(), ListedCatStatus.ListedCatStatusAvailable);
    expect("place", page.getPage().getNear().getLabel(), "Rockville, MD 20850, US");

    // The next page.
    CatPage next = cats.listCats(filters().cursor(page.getPage().getNextCursor()).build());
    expect("cats of the next page", next.getData().size(), 5);
    expect("next page begins with another cat", next.getData().get(0).getId().equals(page.getData().get(0).getId()), false);

    // Write a cat, from a known position of the change log.
    String cursor = sync.listChanges(changesFrom("latest").build()).getPage().getNextCursor();
    CatDraft draft = new CatDraft().name("Duchess").sex("female").houseTrained(null).specialNeeds(false);
    ApiResponse<WrittenCat> written =
        writing.putCatWithHttpInfo(APIPutCatRequest.newBuilder().id(shelter).externalId(EXTERNAL_ID).catDraft(draft).build());
    expect("status of the write", written.getStatusCode(), 201);

    // Read it.
    Cat cat = writing.getCatOfShelter(APIGetCatOfShelterRequest.newBuilder().id(shelter).externalId(EXTERNAL_ID).build());
    expect("id", cat.getId(), written.getData().getId());
    expect("name", cat.getName(), "Duchess");
    expect("sex", cat.getSex(), Sex.SexFemale);
    expect("house_trained", cat.getHouseTrained(), null);
    expect("special_needs", cat.getSpecialNeeds(), false);

    // Follow the changes until the cat arrives.
    for (boolean arrived = false; !arrived; ) {
      ChangePage changes = sync.listChanges(changesFrom(cursor).waitSeconds(10).build());
      expect("a change within 10 s", changes.getData().isEmpty(), false);
      for (Event event : changes.getData()) {
        if (event.getId().equals(cat.getId())) {
          expect("type of the change", event.getType(), EventType.EventTypeCatCreated);
          arrived = true;
          break;
        }
      }
      cursor = changes.getPage().getNextCursor();
    }

    // A mistake.
    try {
      cats.listCats(APIListCatsRequest.newBuilder().near("Nowhere at all").build());
      throw new AssertionError("expected an ApiException, got a page");
    } catch (ApiException e) {
      expect("status of the mistake", e.getCode(), 400);
      Problem problem = ApiClient.createDefaultObjectMapper().readValue(e.getResponseBody(), Problem.class);
      expect("code", problem.getCode(), ProblemCode.ProblemCodeInvalidParameters);
      expect("parameter", problem.getErrors().get(0).getParameter(), "near");
    }
  }

  private static APIListCatsRequest.Builder filters() {
    List<AgeGroupFilter> ages = List.of(AgeGroupFilter.AgeGroupFilterYoung, AgeGroupFilter.AgeGroupFilterAdult);
    return APIListCatsRequest.newBuilder().near("20850").radiusKm(50.0).ageGroup(ages).sort(CatSort.CatSortDistance).limit(5);
  }

  private static APIListChangesRequest.Builder changesFrom(String cursor) {
    return APIListChangesRequest.newBuilder().cursor(cursor);
  }

  /** Ends the program if a value is not the expected one. */
  private static void expect(String what, Object got, Object want) {
    if (!Objects.equals(got, want)) {
      throw new AssertionError(what + ": expected " + want + ", got " + got);
    }
  }
}
