package api

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"image"
	"image/color"
	imagedraw "image/draw"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/geo"
	"trailcat/internal/httpkit"
	"trailcat/internal/photo"
	"trailcat/internal/photo/files"
	"trailcat/internal/photo/imaging"
	"trailcat/internal/store"
)

// withPhotos makes a server keep photos in a directory.
func withPhotos(tb testing.TB) func(*Config) {
	tb.Helper()
	dir, err := files.OpenDirectory(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	return func(c *Config) {
		c.PhotoFiles = dir
		c.Photos = &testKeeper{files: dir, catalog: c.Catalog}
	}
}

type testKeeper struct {
	files   files.Store
	catalog *catalog.Catalog
}

func (k *testKeeper) CheckQuota(context.Context, catalog.Shelter, []byte) error { return nil }

func (k *testKeeper) Read(_ context.Context, file []byte) (catalog.KeptPhoto, error) {
	if bytes.HasPrefix(file, []byte("<svg")) {
		return catalog.KeptPhoto{}, catalog.Errorf(catalog.Invalid, errcode.UnsupportedImage, "The file is an SVG drawing. Send a JPEG file.")
	}
	kept := catalog.KeptPhoto{Hash: imaging.Hash(file), MediaType: "image/jpeg", Bytes: 4, Width: 800, Height: 600, BlurHash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj", Color: "#a08060", PerceptualHash: 7}
	return kept, nil
}

func (k *testKeeper) Keep(ctx context.Context, file []byte) (catalog.KeptPhoto, error) {
	kept, err := k.Read(ctx, file)
	if err != nil {
		return kept, err
	}
	renditions := map[int][]byte{}
	for _, r := range catalog.Renditions(kept.Width, kept.Height) {
		renditions[r.Size] = fmt.Appendf(nil, "%s in %d", file, r.Size)
	}
	if err := k.files.Put(ctx, kept.Hash, renditions); err != nil {
		return kept, err
	}
	return kept, k.catalog.SaveKeptPhoto(ctx, kept)
}

// part is a part of a form: a file, unless its file name is empty.
type part struct{ name, filename, content string }

func formOf(t *testing.T, parts ...part) (body, contentType string) {
	t.Helper()
	var out bytes.Buffer
	form := multipart.NewWriter(&out)
	for _, p := range parts {
		create := func() (w interface{ Write([]byte) (int, error) }, err error) { return form.CreateFormField(p.name) }
		if p.filename != "" {
			create = func() (w interface{ Write([]byte) (int, error) }, err error) {
				return form.CreateFormFile(p.name, p.filename)
			}
		}
		w, err := create()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(p.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String(), form.FormDataContentType()
}

// sendPhotos sends a request with photos as the partner that owns cat 1, and returns the response.
func (s *testServer) sendPhotos(t *testing.T, spec *spec, method, query, contentType, body string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, "/v1/cats/1/photos"+query, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+s.keys["writer"])
	req.Header.Set("Content-Type", contentType)
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, req)
	spec.check(t, req, rec)
	return rec
}

func photosIn(t *testing.T, rec *httptest.ResponseRecorder) []wire.Photo {
	t.Helper()
	if rec.Code != http.StatusOK {
		t.Fatalf("got %d %s", rec.Code, rec.Body)
	}
	var cat wire.Cat
	if err := json.Unmarshal(rec.Body.Bytes(), &cat); err != nil {
		t.Fatal(err)
	}
	return cat.Photos
}

// describe returns the sources, alternative texts and numbers of sizes of photos.
func describe(photos []wire.Photo) string {
	var out []string
	for _, p := range photos {
		source, alt := "file", ""
		if p.SourceURL != nil {
			source = *p.SourceURL
		}
		if p.Alt != nil {
			alt = *p.Alt
		}
		out = append(out, fmt.Sprintf("%s %q %d", source, alt, len(p.Sizes)))
	}
	return strings.Join(out, ", ")
}

func TestPhotos_Upload(t *testing.T) {
	t.Parallel()

	spec := loadSpec(t)
	api := newSQLiteServer(t, withPhotos(t))
	rec := api.sendPhotos(t, spec, "PUT", "", "application/json", `{"photos":[{"url":"https://photos.example.org/1.jpg"}]}`)
	photosIn(t, rec)
	rec = api.sendPhotos(t, spec, "POST", "?alt=Kenny+on+a+chair", "image/jpeg", "chair")
	checkExample(t, "addCatPhotos", rec.Body.Bytes())
	if got, want := describe(photosIn(t, rec)), `https://photos.example.org/1.jpg "" 0, file "Kenny on a chair" 3`; got != want {
		t.Errorf("one file: got %s, want %s", got, want)
	}
	if again := api.sendPhotos(t, spec, "POST", "?alt=Kenny+on+a+chair", "image/jpeg", "chair"); again.Header().Get("Trailcat-Result") != "unchanged" {
		t.Errorf("the same file again: %s", again.Header().Get("Trailcat-Result"))
	}
	body, contentType := formOf(t, part{"a", "a.jpg", "asleep"}, part{"b", "b.png", "chair"})
	rec = api.sendPhotos(t, spec, "PUT", "", contentType, body)
	if got, want := describe(photosIn(t, rec)), `file "" 3, file "" 3`; got != want {
		t.Errorf("a form of files: got %s, want %s", got, want)
	}
	body, contentType = formOf(t, part{"file", "a.jpg", "asleep"}, part{"photos", "", `[{"file":"file","alt":"1"},{"file":"file","alt":"2"}]`}, part{"file", "b.png", "chair"})
	rec = api.sendPhotos(t, spec, "PUT", "", contentType, body)
	if got, want := describe(photosIn(t, rec)), `file "1" 3, file "2" 3`; got != want {
		t.Errorf("two files in fields of one name: got %s, want %s", got, want)
	}
	order := `[{"url":"https://photos.example.org/2.jpg","alt":"Away"},{"file":"b","alt":"Chair"},{"file":"a"}]`
	body, contentType = formOf(t, part{"a", "a.jpg", "asleep"}, part{"photos", "", order}, part{"b", "b.png", "chair"})
	rec = api.sendPhotos(t, spec, "PUT", "", contentType, body)
	if got, want := describe(photosIn(t, rec)), `https://photos.example.org/2.jpg "Away" 0, file "Chair" 3, file "" 3`; got != want {
		t.Errorf("a form with an order: got %s, want %s", got, want)
	}
	sent, err := json.Marshal(map[string]any{"photos": photosIn(t, rec)})
	if err != nil {
		t.Fatal(err)
	}
	if back := api.sendPhotos(t, spec, "PUT", "", "application/json", string(sent)); back.Header().Get("Trailcat-Result") != "unchanged" {
		t.Errorf("photos that are sent back as they were read: %s, %s", back.Header().Get("Trailcat-Result"), back.Body)
	}
}

// Nothing is changed if one of several files or entries is wrong.
func TestPhotos_RefusedUpload(t *testing.T) {
	t.Parallel()

	spec := loadSpec(t)
	api := newSQLiteServer(t, withPhotos(t))
	before := photosIn(t, api.sendPhotos(t, spec, "POST", "", "image/jpeg", "chair"))
	for name, test := range map[string]struct {
		parts  []part
		status int
		want   string
	}{
		"one is no photo":          {[]part{{"a", "a.jpg", "asleep"}, {"b", "b.jpg", "<svg/>"}}, http.StatusUnprocessableEntity, `field \"b\"`},
		"unknown file in the list": {[]part{{"a", "a.jpg", "asleep"}, {"photos", "", `[{"file":"a"},{"file":"c"}]`}}, http.StatusUnprocessableEntity, "/1/file"},
		"file that is not listed":  {[]part{{"a", "a.jpg", "asleep"}, {"photos", "", `[]`}}, http.StatusUnprocessableEntity, `field \"a\"`},
		"neither file nor url":     {[]part{{"photos", "", `[{"alt":"x"}]`}}, http.StatusUnprocessableEntity, "either a file or a url"},
		"unknown member":           {[]part{{"photos", "", `[{"file":"a","caption":"x"}]`}, {"a", "a.jpg", "asleep"}}, http.StatusUnprocessableEntity, "caption"},
		"list is no array":         {[]part{{"photos", "", `{"photos":[]}`}}, http.StatusUnprocessableEntity, "JSON array"},
		"file twice, listed once":  {[]part{{"a", "a.jpg", "asleep"}, {"a", "a.jpg", "chair"}, {"photos", "", `[{"file":"a"}]`}}, http.StatusUnprocessableEntity, `field \"a\"`},
		"text instead of a file":   {[]part{{"a", "", "<svg/>"}}, http.StatusUnprocessableEntity, "-F a=@"},
		"no file":                  {nil, http.StatusBadRequest, "no file"},
	} {
		body, contentType := formOf(t, test.parts...)
		rec := api.sendPhotos(t, spec, "POST", "", contentType, body)
		if rec.Code != test.status || !strings.Contains(rec.Body.String(), test.want) {
			t.Errorf("%s: got %d %s, want %d with %s", name, rec.Code, rec.Body, test.status, test.want)
		}
	}
	body, contentType := formOf(t, part{"a", "a.jpg", "asleep"})
	if rec := api.sendPhotos(t, spec, "POST", "", contentType, body[:len(body)-20]); rec.Code != http.StatusBadRequest {
		t.Errorf("a truncated form: got %d %s", rec.Code, rec.Body)
	}
	for name, test := range map[string]struct {
		method, query, contentType, body string
		status                           int
		want                             string
	}{
		"long alternative text":          {"POST", "?alt=" + strings.Repeat("a", 2001), "image/jpeg", "asleep", http.StatusBadRequest, "at most 2000"},
		"alternative text for a form":    {"POST", "?alt=x", contentType, body, http.StatusBadRequest, "field photos"},
		"JSON that is added":             {"POST", "", "application/json", `{"photos":[]}`, http.StatusUnprocessableEntity, "with PUT"},
		"one file instead of all photos": {"PUT", "", "image/jpeg", "asleep", http.StatusUnsupportedMediaType, "with POST"},
	} {
		rec := api.sendPhotos(t, spec, test.method, test.query, test.contentType, test.body)
		if rec.Code != test.status || !strings.Contains(rec.Body.String(), test.want) {
			t.Errorf("%s: got %d %s, want %d with %s", name, rec.Code, rec.Body, test.status, test.want)
		}
	}
	after := photosIn(t, api.sendPhotos(t, spec, "POST", "", "image/jpeg", "chair"))
	if describe(after) != describe(before) {
		t.Errorf("the cat has %s, want %s", describe(after), describe(before))
	}
}

// The quality report shows photos of one picture, at two shelters and in one, and sources that are
// missing.
func TestPhotos_Quality(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t, withPhotos(t))
	for cat, key := range map[string]string{"2": "writer", "3": "writer", "7": "other"} {
		if rec := send(t, api, http.MethodPost, "/v1/cats/"+cat+"/photos", "chair "+cat, key, "Content-Type: image/jpeg"); rec.Code != http.StatusOK {
			t.Fatalf("cat %s: %d %s", cat, rec.Code, rec.Body)
		}
	}
	if rec := send(t, api, http.MethodPatch, "/v1/cats/7", `{"sex":null,"birth":null,"age_group":null}`, "other", "Content-Type: "+httpkit.MergePatchType); rec.Code != http.StatusOK {
		t.Fatal(rec.Body)
	}
	body := `{"photos":[{"url":"https://photos.example.org/gone.jpg"}]}`
	if rec := send(t, api, http.MethodPut, "/v1/cats/4/photos", body, "writer", "Content-Type: application/json"); rec.Code != http.StatusOK {
		t.Fatal(rec.Body)
	}
	gone := catalog.PhotoSource{
		URL: "https://photos.example.org/gone.jpg", Missing: true, Failures: 3, FailingSince: api.now.Add(-4 * 24 * time.Hour), Failure: "The address responded with status 404.", CheckedAt: *api.now, NextAt: *api.now,
	}
	if err := api.catalog.SavePhotoSource(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	failing := catalog.PhotoSource{URL: "https://photos.example.org/late.jpg", Failures: 1, FailingSince: *api.now, Failure: "The host did not answer.", CheckedAt: *api.now, NextAt: *api.now}
	body = `{"photos":[{"url":"https://photos.example.org/late.jpg"},{"url":"https://photos.example.org/new.jpg"}]}`
	if rec := send(t, api, http.MethodPut, "/v1/cats/5/photos", body, "writer", "Content-Type: application/json"); rec.Code != http.StatusOK {
		t.Fatal(rec.Body)
	}
	if err := api.catalog.SavePhotoSource(t.Context(), failing); err != nil {
		t.Fatal(err)
	}
	want := []string{"A2 photo", "A2 shared_photo", "A3 photo", "A3 shared_photo", "A4 https://photos.example.org/gone.jpg: The address responded with status 404.", "A4 photo_missing", "A5 https://photos.example.org/late.jpg: The host did not answer."}
	if found := photoIssues(t, api); !slices.Equal(found, want) {
		t.Errorf("got %v, want %v", found, want)
	}
	cat, err := api.store.CatByNumber(t.Context(), 2)
	if err == nil {
		_, err = api.catalog.ChangeShelter(t.Context(), geo.Default(), cat.ShelterID, 0, func(p *catalog.Profile) { p.Demo = true })
	}
	if err != nil {
		t.Fatal(err)
	}
	if found := photoIssues(t, api); !slices.Equal(found, want[4:]) {
		t.Errorf("of a demo, whose cats share pictures: got %v, want only what is missing", found)
	}
}

// The pictures of a rating show the first photo that the server keeps, and change with it. Without
// its file they show none.
func TestPhotos_PicturesOfRatings(t *testing.T) {
	t.Parallel()

	dir, err := files.OpenDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	api := newSQLiteServer(t, func(c *Config) { c.PhotoFiles, c.Photos = dir, &testKeeper{files: dir, catalog: c.Catalog} })
	paths := []string{"adventure.svg", "adventure.png", "adventure.png?color_scheme=dark", "adventure.svg?style=badge"}
	fetch := func(path string) (body, etag string) {
		rec := get(t, api, "/v1/cats/2/"+path)
		if rec.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", path, rec.Code, rec.Body)
		}
		return rec.Body.String(), rec.Header().Get("ETag")
	}
	before, seen := map[string]string{}, map[string]bool{}
	for _, path := range paths {
		body, etag := fetch(path)
		before[path], seen[etag] = body, true
	}
	badge := paths[3]
	for i, file := range []string{"chair", "sofa"} {
		if rec := send(t, api, http.MethodPut, "/v1/cats/2/photos", `{"photos":[]}`, "writer", "Content-Type: application/json"); rec.Code != http.StatusOK {
			t.Fatal(rec.Body)
		}
		if rec := send(t, api, http.MethodPost, "/v1/cats/2/photos", file, "writer", "Content-Type: image/jpeg"); rec.Code != http.StatusOK {
			t.Fatal(rec.Body)
		}
		small, large := jpegOf(t, 300, color.RGBA{uint8(100 * i), 90, 60, 255}), jpegOf(t, 600, color.RGBA{uint8(100 * i), 90, 60, 255})
		store := func(small, large []byte) {
			if err := dir.Put(t.Context(), imaging.Hash([]byte(file)), map[int][]byte{300: small, 600: large}); err != nil {
				t.Fatal(err)
			}
		}
		store(small, large)
		for _, path := range paths {
			body, etag := fetch(path)
			if isBadge := path == badge; seen[etag] != isBadge || (body == before[path]) != isBadge {
				t.Errorf("%s with the photo %s: got the ETag and body of before, %t, want that of badges only", path, file, body == before[path])
			}
			seen[etag] = true
			if uri := "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(small); path == "adventure.svg" && !strings.Contains(html.UnescapeString(body), uri) {
				t.Errorf("%s does not contain the photo %s", path, file)
			}
		}
		for _, damaged := range [][]byte{[]byte("no JPEG"), small[:len(small)-20]} {
			store(damaged, damaged)
			for _, path := range paths {
				if body, _ := fetch(path); body != before[path] {
					t.Errorf("%s of a photo whose file is damaged differs from that without a photo", path)
				}
			}
		}
	}
}

// jpegOf returns a JPEG file of one color, of a width in pixels.
func jpegOf(t *testing.T, width int, c color.Color) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, width, width*3/4))
	imagedraw.Draw(picture, picture.Rect, image.NewUniform(c), image.Point{}, imagedraw.Src)
	var body bytes.Buffer
	if err := jpeg.Encode(&body, picture, nil); err != nil {
		t.Fatal(err)
	}
	return body.Bytes()
}

// photoIssues returns what the quality report of a shelter says about photos.
func photoIssues(t *testing.T, api *testServer) []string {
	t.Helper()
	var report Quality
	unmarshal(t, send(t, api, http.MethodGet, "/v1/shelters/MD1/quality", "", "writer"), &report)
	var found []string
	for _, c := range report.Data {
		for _, issue := range c.Issues {
			if issue == "shared_photo" || issue == "photo_missing" {
				found = append(found, fmt.Sprintf("%s %s", c.ExternalID, issue))
			}
		}
		for _, p := range c.FailedPhotos {
			found = append(found, fmt.Sprintf("%s %s: %s", c.ExternalID, p.SourceURL, p.Reason))
		}
		for _, d := range c.LikelyDuplicates {
			found = append(found, fmt.Sprintf("%s %s", c.ExternalID, d.Because))
		}
	}
	slices.Sort(found)
	return found
}

// An import of a zip file keeps the photos that its rows name, once. A dry run keeps nothing.
func TestPhotos_Import(t *testing.T) {
	t.Parallel()

	spec := loadSpec(t)
	api := newSQLiteServer(t, withPhotos(t))
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	for name, content := range map[string]string{"pets.csv": "external_id,name,photo_1,photo_2\nZ1,Zoë,one.jpg,drawing.jpg\nZ2,Max,ONE.jpg,\n", "one.jpg": "one", "drawing.jpg": "<svg/>", "left.jpg": "left"} {
		w, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		query, key         string
		created, unchanged int
	}{{"&dry_run=true", "writer", 2, 0}, {"", "test", 2, 0}, {"", "writer", 2, 0}, {"", "writer", 0, 2}} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/shelters/MD1/imports?format=trailcat"+step.query, bytes.NewReader(file.Bytes()))
		req.Header.Set("Authorization", "Bearer "+api.keys[step.key])
		req.Header.Set("Content-Type", "application/zip")
		rec := httptest.NewRecorder()
		api.ServeHTTP(rec, req)
		spec.check(t, req, rec)
		report := decodeBody[wire.ImportRun](t, rec).Report
		if report.Created != step.created || report.Unchanged != step.unchanged || report.Photos != 2 || report.IgnoredFiles != 1 {
			t.Errorf("%v: got %+v", step, report)
		}
		if len(report.Warnings) != 1 || report.Warnings[0].Value != "drawing.jpg" || report.Warnings[0].Code != "unsupported_image" || report.Warnings[0].Line != 2 {
			t.Errorf("%v: got the warnings %+v, want one about drawing.jpg", step, report.Warnings)
		}
	}
	cat := getCatOf(t, api, "MD1", "Z2")
	if got := describe(cat.Photos); got != `file "" 3` {
		t.Errorf("the cat has %s", got)
	}
	rec := httptest.NewRecorder()
	api.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, cat.Photos[0].Sizes[0].URL, http.NoBody))
	if rec.Body.String() != "one in 300" {
		t.Errorf("the photo is %d %q", rec.Code, rec.Body)
	}
}

// Photos of phones and cameras are kept upright, in sizes that are described, and without metadata.
func TestPhotos_RealFiles(t *testing.T) {
	t.Parallel()

	spec := loadSpec(t)
	api := newSQLiteServer(t, func(c *Config) {
		withPhotos(t)(c)
		c.Photos = photo.NewKeeper(photo.KeeperConfig{
			Store: c.Store.(*store.Store), Catalog: c.Catalog, Files: c.PhotoFiles.(files.Store), AtOnce: 1, Now: c.Now, Usage: c.Store.(*store.Store),
			Process: func(_ context.Context, file []byte) (imaging.Image, error) { return imaging.Read(file) },
		})
	})
	for _, name := range []string{"orientation-6.heic", "orientation-6.jpg", "metadata.jpg", "16-bit.png", "animated.webp", "cmyk.jpg"} {
		content, err := os.ReadFile("../internal/photo/imaging/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		body, contentType := formOf(t, part{"photo", name, string(content)})
		p := photosIn(t, api.sendPhotos(t, spec, "PUT", "", contentType, body))[0]
		if len(p.Sizes) == 0 || p.BlurHash == nil || p.Color == nil || *p.Width != p.Sizes[len(p.Sizes)-1].Width {
			t.Errorf("%s: got %+v", name, p)
		}
		for _, size := range p.Sizes {
			rec := httptest.NewRecorder()
			api.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, size.URL, http.NoBody))
			if bytes.Contains(rec.Body.Bytes(), []byte("Exif")) {
				t.Errorf("%s in %d has metadata", name, size.Width)
			}
			decoded, format, err := image.DecodeConfig(rec.Body)
			if err != nil || format != "jpeg" || decoded.Width != size.Width || decoded.Height != size.Height {
				t.Errorf("%s: %s has %d × %d pixels, %s, %v, want %d × %d", name, size.URL, decoded.Width, decoded.Height, format, err, size.Width, size.Height)
			}
		}
	}
	body, contentType := formOf(t, part{"photo", "kenny.jpg", "<svg xmlns='http://www.w3.org/2000/svg'/>"})
	if rec := api.sendPhotos(t, spec, "POST", "", contentType, body); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), "unsupported_image") {
		t.Errorf("an SVG: got %d %s", rec.Code, rec.Body)
	}
}

// A page shows many photos, so their limit is higher, and they leave that of other requests alone.
func TestPhotos_RateLimit(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t, withPhotos(t), func(c *Config) { c.RatePerMinute = 60 })
	get := func(path string) int { return send(t, api, http.MethodGet, path, "", "").Code }
	for range 500 {
		if code := get("/photos/0123456789abcdef0123456789abcdef/300.jpg"); code != http.StatusNotFound {
			t.Fatalf("a photo: got %d, want 404", code)
		}
	}
	if code := get("/v1/cats?limit=1"); code != http.StatusOK {
		t.Errorf("a list after many photos: got %d", code)
	}
}

// A test key changes nothing, but sees the photo in the response.
func TestPhotos_TestKey(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t, withPhotos(t))
	rec := send(t, api, http.MethodPost, "/v1/cats/2/photos", "chair", "test", "Content-Type: image/jpeg")
	photos := photosIn(t, rec)
	if describe(photos) != `file "" 3` {
		t.Fatalf("got %s", rec.Body)
	}
	served := httptest.NewRecorder()
	api.ServeHTTP(served, httptest.NewRequestWithContext(t.Context(), http.MethodGet, photos[0].URL, http.NoBody))
	if served.Code != http.StatusNotFound {
		t.Errorf("the photo is served: %d", served.Code)
	}
}

func getCatOf(t *testing.T, api *testServer, shelter, externalID string) wire.Cat {
	t.Helper()
	return decodeBody[wire.Cat](t, send(t, api, http.MethodGet, "/v1/shelters/"+shelter+"/cats/"+externalID, "", "writer"))
}

func TestPhotos_WithoutStorage(t *testing.T) {
	t.Parallel()

	api, spec := newSQLiteServer(t), loadSpec(t)
	if rec := api.sendPhotos(t, spec, "POST", "", "image/jpeg", "chair"); rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), "photos_not_kept") {
		t.Errorf("got %d %s", rec.Code, rec.Body)
	}
}

// A kept photo is sent with headers for caches, also in part, and is not sent soon after no cat
// shows it.
func TestPhotos_Served(t *testing.T) {
	t.Parallel()

	spec := loadSpec(t)
	var stored files.Store
	api := newSQLiteServer(t, withPhotos(t), func(c *Config) { stored = c.PhotoFiles.(files.Store) })
	body, contentType := formOf(t, part{"photo", "chair.jpg", "chair"})
	photo := photosIn(t, api.sendPhotos(t, spec, "PUT", "", contentType, body))[0]
	get := func(method, path string, header ...string) *httptest.ResponseRecorder {
		t.Helper()
		req := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		rec := httptest.NewRecorder()
		api.ServeHTTP(rec, req)
		spec.check(t, req, rec)
		return rec
	}
	for i, want := range []string{"chair in 300", "chair in 600", "chair in 1200"} {
		rec := get("GET", photo.Sizes[i].URL)
		if rec.Code != http.StatusOK || rec.Body.String() != want {
			t.Errorf("%s: got %d %q, want %q", photo.Sizes[i].URL, rec.Code, rec.Body, want)
		}
		for name, want := range map[string]string{
			"Content-Type": "image/jpeg", "Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": "default-src 'none'; sandbox", "Cross-Origin-Resource-Policy": "cross-origin",
		} {
			if got := rec.Header().Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
	}
	small := photo.Sizes[0].URL
	etag := get("GET", small).Header().Get("ETag")
	if rec := get("GET", small, "If-None-Match", etag); etag == "" || rec.Code != http.StatusNotModified {
		t.Errorf("with the ETag %q: got %d", etag, rec.Code)
	}
	if rec := get("GET", small, "Range", "bytes=0-4"); rec.Code != http.StatusPartialContent || rec.Body.String() != "chair" {
		t.Errorf("a range: got %d %q", rec.Code, rec.Body)
	}
	if rec := get("HEAD", small); rec.Code != http.StatusOK || rec.Header().Get("Content-Length") != "12" || rec.Body.Len() > 0 {
		t.Errorf("HEAD: got %d, %s bytes, body %q", rec.Code, rec.Header().Get("Content-Length"), rec.Body)
	}
	base, _, _ := strings.Cut(small, "300.jpg")
	if rec := get("GET", base+"2048.jpg"); rec.Body.String() != "chair in 1200" {
		t.Errorf("a size that the photo does not have: got %q, want the largest", rec.Body)
	}
	for _, path := range []string{base + "301.jpg", base + "0300.jpg", base + "300.png", "/photos/0123456789abcdef0123456789abcdef/300.jpg", "/photos/..%2f..%2fetc/300.jpg"} {
		if rec := get("GET", path); rec.Code != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, rec.Code)
		}
	}
	if err := stored.Delete(t.Context(), strings.Split(small, "/")[2]); err != nil {
		t.Fatal(err)
	}
	if rec := get("GET", small); rec.Code != http.StatusNotFound {
		t.Errorf("without its files: got %d, want 404", rec.Code)
	}
	photosIn(t, api.sendPhotos(t, spec, "PUT", "", "application/json", `{"photos":[]}`))
	*api.now = api.now.Add(time.Minute)
	if rec := get("GET", small); rec.Code != http.StatusNotFound {
		t.Errorf("a minute after the photo was removed: got %d, want 404", rec.Code)
	}
}

// A photo whose files are lost is not found.
func TestPhotos_LostFiles(t *testing.T) {
	t.Parallel()

	spec := loadSpec(t)
	var stored PhotoFiles
	api := newSQLiteServer(t, withPhotos(t), func(c *Config) { stored = c.PhotoFiles })
	photos := photosIn(t, api.sendPhotos(t, spec, "POST", "", "image/jpeg", "chair"))
	if err := stored.(*files.Directory).Delete(t.Context(), imaging.Hash([]byte("chair"))); err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, photos[len(photos)-1].Sizes[0].URL, http.NoBody)
	rec := httptest.NewRecorder()
	api.ServeHTTP(rec, req)
	spec.check(t, req, rec)
	if rec.Code != http.StatusNotFound {
		t.Errorf("got %d %s, want 404", rec.Code, rec.Body)
	}
}

// Nothing is kept for a cat that changed in the meantime.
func TestPhotos_UploadForAnotherVersion(t *testing.T) {
	t.Parallel()

	spec := loadSpec(t)
	var stored PhotoFiles
	api := newSQLiteServer(t, withPhotos(t), func(c *Config) { stored = c.PhotoFiles })
	etag := api.sendPhotos(t, spec, "POST", "", "image/jpeg", "chair").Header().Get("ETag")
	photosIn(t, api.sendPhotos(t, spec, "POST", "", "image/jpeg", "table"))
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/cats/1/photos", strings.NewReader("asleep"))
	req.Header.Set("Authorization", "Bearer "+api.keys["writer"])
	req.Header.Set("Content-Type", "image/jpeg")
	req.Header.Set("If-Match", etag)
	rec := httptest.NewRecorder()
	api.ServeHTTP(rec, req)
	spec.check(t, req, rec)
	kept := 0
	for _, err := range stored.(*files.Directory).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		kept++
	}
	if rec.Code != http.StatusPreconditionFailed || kept != 2 {
		t.Errorf("got %d %s, %d photos are stored, want 2", rec.Code, rec.Body, kept)
	}
}
