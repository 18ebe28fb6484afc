package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	stdlog "log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"trailcat/internal/store/storetest"
)

// flakyProxy forwards requests to a server, or closes their connections like a network that
// is not there.
type flakyProxy struct {
	*httptest.Server
	down     atomic.Bool // no request reaches the server
	loseNext atomic.Bool // the next POST reaches the server, but its response is lost
}

func newFlakyProxy(t *testing.T, base string) *flakyProxy {
	t.Helper()
	target, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	p := &flakyProxy{}
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.ErrorLog = stdlog.New(io.Discard, "", 0) // of requests at the end of the test
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.down.Load() {
			panic(http.ErrAbortHandler)
		}
		if r.Method == http.MethodPost && p.loseNext.CompareAndSwap(true, false) {
			forward.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

// formTest is the assessment form of a demo, open in a browser of the size of a phone.
type formTest struct {
	*docsPage
	proxy *flakyProxy
	base  string // of the server
	key   string // of an operator
	token string

	database, issuer string // the ID of the key that issued the link
}

// newFormTest starts a demo and a browser.
func newFormTest(t *testing.T) *formTest {
	t.Helper()
	browser := findBrowser(t)
	database := storetest.URL(t, "sqlite")
	server := serve(t, "--demo", "--rate-limit", "0", "--key-rate-limit", "0", "--database", database)
	f := &formTest{proxy: newFlakyProxy(t, server.base), base: server.base, key: newKey(t, database), database: database}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(browser), chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	f.docsPage = &docsPage{t: t, ctx: ctx}
	f.newLink()
	if err := chromedp.Listen(ctx, f.listen); err != nil { // starts the browser
		t.Fatal(err)
	}
	runAction(f.docsPage, call(log.Enable, cdp.Empty{}))
	t.Cleanup(f.check)
	f.resize(390, 844, true)
	return f
}

// listen records exceptions and violations of the content security policy.
func (f *formTest) listen(event any) {
	fault := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		fault = "exception: " + e.ExceptionDetails.Text + " " + e.ExceptionDetails.Exception.Description
	case *log.EventEntryAdded:
		if strings.Contains(e.Entry.Text, "Content Security Policy") {
			fault = e.Entry.Text
		}
	}
	if fault != "" {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.faults = append(f.faults, fault)
	}
}

func (f *formTest) resize(width, height int64, mobile bool) {
	f.t.Helper()
	runAction(f.docsPage, call(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 2, Mobile: mobile}))
}

func (f *formTest) colors(scheme string) {
	f.t.Helper()
	runAction(f.docsPage, call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}))
}

// newLink creates the link that open opens.
func (f *formTest) newLink(args ...string) {
	f.t.Helper()
	link, _ := do(f.t, exitOK, append([]string{"assess-link", "--shelter", "MD1", "--role", "volunteer", "--database", f.database}, args...)...)
	f.token = regexp.MustCompile(`tc_form_\w+`).FindString(link)
	f.issuer = regexp.MustCompile(`keys revoke (\w+)`).FindStringSubmatch(link)[1]
}

func (f *formTest) open() {
	f.t.Helper()
	runAction(f.docsPage, chromedp.Navigate(f.proxy.URL+"/assess?token="+f.token))
}

// eval evaluates an expression in the page.
func eval[T any](f *formTest, expression string) T {
	f.t.Helper()
	return runAction(f.docsPage, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// waitFor waits until an expression in the page is true.
func (f *formTest) waitFor(expression string) {
	f.t.Helper()
	within(f.t, expression, func() bool { return eval[bool](f, expression) })
}

// screen returns the ID of the screen that is shown.
func (f *formTest) screen() string {
	f.t.Helper()
	return eval[string](f, `document.querySelector(".step.current")?.id || ""`)
}

// choose chooses an answer on the screen by pressing its card.
func (f *formTest) choose(name, value string) {
	f.t.Helper()
	f.press(fmt.Sprintf(`.step.current .card:has([name=%q][value=%q])`, name, value))
}

// press presses a card until it is chosen: while photos load, the card may move away from
// where it is pressed.
func (f *formTest) press(card string) {
	f.t.Helper()
	within(f.t, card, func() bool {
		runAction(f.docsPage, chromedp.Click(chromedp.CSS(card)))
		return eval[bool](f, fmt.Sprintf(`document.querySelector(%q).querySelector("input").checked`, card))
	})
}

// next goes to the next screen, and fails the test unless it is the one with this ID.
func (f *formTest) next(want string) {
	f.t.Helper()
	runAction(f.docsPage, chromedp.Click(chromedp.CSS(`.step.current .buttons .primary`)))
	f.waitFor(fmt.Sprintf(`document.querySelector(".step.current")?.id === %q`, want))
}

// begin answers everything before the questions, for the short form of a patio visit.
func (f *formTest) begin(cat string) {
	f.t.Helper()
	f.choose("cat", cat)
	f.next("s-you")
	runAction(f.docsPage, chromedp.SendKeys(chromedp.CSS("#assessor"), "AB"))
	f.next("s-place")
	f.choose("context", "shelter_room")
	runAction(f.docsPage, chromedp.SendKeys(chromedp.CSS("#days"), "9"))
	f.next("s-look")
	f.choose("look", "patio")
	f.next("q-stranger_ease")
}

// assessments returns the assessments of a cat.
func (f *formTest) assessments(cat string) (list []formAssessment) {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), http.MethodGet, f.base+"/v1/cats/"+cat+"/assessments", nil)
	if err != nil {
		f.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+f.key)
	response, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }() // only read
	var body struct{ Data []formAssessment }
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		f.t.Fatal(err)
	}
	return body.Data
}

type formAssessment struct {
	Assessor struct{ ID, Role string }
	Context  string
	Form     string
	Days     int `json:"days_in_place"`
	Minutes  int `json:"duration_minutes"`
	Levels   map[string]int
}

func (a formAssessment) String() string {
	return fmt.Sprint(a.Assessor.ID, " ", a.Assessor.Role, " ", a.Context, " ", a.Form, " ", a.Days, " ", a.Minutes, " ", a.Levels)
}

// picture saves a picture of the page if TRAILCAT_SCREENSHOTS names a directory.
func (f *formTest) picture(name string) {
	f.t.Helper()
	dir := os.Getenv("TRAILCAT_SCREENSHOTS")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), runAction(f.docsPage, chromedp.CaptureScreenshot()), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// firstCat returns the ID of the first cat in the list.
func (f *formTest) firstCat() string {
	f.t.Helper()
	return eval[string](f, `document.querySelector("[name=cat]").value`)
}

// TestAssessForm_KeepsVisitsWithoutConnection answers the short form on a phone, loses the
// connection midway, finishes, and gets it back. The visit arrives once, though the response to
// the first attempt is lost.
func TestAssessForm_KeepsVisitsWithoutConnection(t *testing.T) {
	t.Parallel()

	f := newFormTest(t)
	f.open()
	f.waitFor(`document.documentElement.dataset.offline === "ready" && navigator.serviceWorker.controller !== null`)
	cat := f.firstCat()
	f.begin(cat)
	f.choose("level.stranger_ease", "3")
	f.proxy.down.Store(true)
	f.next("q-novelty_response")
	f.choose("level.novelty_response", "4")

	runAction(f.docsPage, chromedp.Reload()) // from what the phone has stored
	f.waitFor(`document.querySelector(".step.current")?.id === "s-resume"`)
	f.picture("resume-offline")
	runAction(f.docsPage, chromedp.Click(chromedp.CSS("#resume")))
	f.waitFor(`document.querySelector(".step.current")?.id === "q-novelty_response"`)
	f.next("q-sound_recovery")
	f.choose("level.sound_recovery", "2")
	f.next("s-send")
	f.next("s-done")
	f.waitFor(`document.querySelector("#done-title").textContent === "The visit is stored on this phone"`)
	f.waitFor(`document.querySelector("#queue").textContent.includes("1 visit not sent yet")`)
	f.picture("queue-offline")
	if got := f.assessments(cat); len(got) != 0 {
		t.Fatalf("got %v before the connection is back", got)
	}

	f.proxy.loseNext.Store(true)
	f.proxy.down.Store(false)
	eval[chromedp.Void](f, `window.dispatchEvent(new Event("online")); undefined`)
	within(t, "the visit arrives", func() bool { return len(f.assessments(cat)) > 0 })
	f.waitFor(`document.querySelector("#queue").textContent.includes("There is no connection")`)
	runAction(f.docsPage, chromedp.Click(chromedp.CSS("#queue button")))
	f.waitFor(`document.querySelector("#queue").hidden`)
	want := "AB volunteer shelter_room short 9 1 map[novelty_response:4 sound_recovery:2 stranger_ease:3]"
	if got := f.assessments(cat); len(got) != 1 || got[0].String() != want {
		t.Errorf("got %v, want one assessment: %s", got, want)
	}
}

// TestAssessForm_EndedLinkKeepsVisits finishes a visit with a link whose key is revoked midway. The
// visit stays on the phone until a new link is opened.
func TestAssessForm_EndedLinkKeepsVisits(t *testing.T) {
	t.Parallel()

	f := newFormTest(t)
	f.open()
	cat := f.firstCat()
	f.begin(cat)
	do(t, exitOK, "keys", "revoke", f.issuer, "--database", f.database)
	f.choose("level.stranger_ease", "3")
	f.next("q-novelty_response")
	f.choose("level.novelty_response", "0")
	f.next("q-sound_recovery")
	f.choose("level.sound_recovery", "5")
	f.next("s-send")
	f.next("s-done")
	f.waitFor(`document.querySelector("#queue").textContent.includes("no longer works")`)
	f.open()
	f.waitFor(`document.querySelector("h2.closed")?.textContent === "This link was ended" && document.querySelector("#queue").innerText.includes("1 visit not sent yet")`)
	f.picture("closed-queue")
	f.newLink()
	f.open()
	f.waitFor(`document.querySelector("#queue").hidden`)
	want := "AB volunteer shelter_room short 9 1 map[sound_recovery:5 stranger_ease:3]"
	if got := f.assessments(cat); len(got) != 1 || got[0].String() != want {
		t.Errorf("got %v, want one assessment: %s", got, want)
	}
}

// TestAssessForm_WorksWithoutJavaScript sends a visit with a browser that runs no scripts.
func TestAssessForm_WorksWithoutJavaScript(t *testing.T) {
	t.Parallel()

	f := newFormTest(t)
	runAction(f.docsPage, call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	f.open()
	f.picture("plain")
	cat := f.firstCat()
	enter := func(button string) { runAction(f.docsPage, chromedp.SendKeys(chromedp.CSS(button), kb.Enter)) }
	f.press(`.card:has([value="` + cat + `"])`)
	enter(`#s-cat .primary`)
	if at := eval[string](f, `location.hash`); at != "#s-you" {
		t.Errorf("the button leads to %q, want #s-you", at)
	}
	runAction(f.docsPage, chromedp.SendKeys(chromedp.CSS("#assessor"), "AB"))
	f.press(`.card:has([value="kennel"])`)
	f.press(`.card:has([value="leash"])`)
	enter(`#s-send button`) // without an answer
	f.waitFor(`location.search === "" && document.querySelector("#errors a")?.getAttribute("href") === "#look"`)
	f.picture("plain-errors")
	f.press(`#q-novelty_response .card:has([value="4"])`)
	f.press(`#q-sound_recovery .card:has([value="0"])`)
	enter(`#s-send button`)
	f.waitFor(`document.querySelector("p.status")?.textContent.includes("is recorded") === true`)
	want := "AB volunteer kennel short 0 0 map[novelty_response:4]"
	if got := f.assessments(cat); len(got) != 1 || got[0].String() != want {
		t.Errorf("got %v, want one assessment: %s", got, want)
	}
}

// axeRules runs rules on the page and returns the violations.
const axeRules = `axe.run({ runOnly: %s })
	.then(result => result.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.map(n => n.html + " " + n.failureSummary).join(" | ")))`

// narrow is a script that returns what is wider than the window.
const narrow = `document.documentElement.scrollWidth > document.documentElement.clientWidth ? [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 120)).slice(0, 3) : []`

// smallTargets is a script that returns the targets on the screen that are lower than 44 pixels.
const smallTargets = `[...document.querySelectorAll("button, .button, .card, input:not([type=radio], [type=hidden]), textarea, footer a, .errors a")]
	.filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 120))`

// TestAssessForm_IsAccessible checks every screen, also those of errors, and the sheet: on phones in
// both color schemes, and at 320 pixels of width.
func TestAssessForm_IsAccessible(t *testing.T) {
	t.Parallel()

	f := newFormTest(t)
	axe := readAxe(t)
	schemes := map[string]string{ // only colors differ between them
		"light": `{ type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }`,
		"dark":  `{ type: "rule", values: ["color-contrast"] }`,
	}
	check := func(name string) {
		t.Helper()
		for scheme, rules := range schemes {
			f.colors(scheme)
			f.picture(name + "-" + scheme)
			if !eval[bool](f, `"axe" in window`) {
				eval[chromedp.Void](f, axe+"; undefined")
			}
			if got := eval[[]string](f, fmt.Sprintf(axeRules, rules)); len(got) > 0 {
				t.Errorf("%s, %s: %s", name, scheme, strings.Join(got, "\n"))
			}
		}
		f.resize(320, 640, true) // also 1280 pixels at a zoom of 400 %
		for what, script := range map[string]string{"too wide": narrow, "too small": smallTargets} {
			if got := eval[[]string](f, script); len(got) > 0 {
				t.Errorf("%s: %s: %s", name, what, strings.Join(got, "\n"))
			}
		}
		f.picture(name + "-320")
		f.resize(390, 844, true)
	}
	f.open()
	check("s-cat")
	f.next("s-cat") // nothing is chosen
	check("s-cat-error")
	f.choose("cat", f.firstCat())
	f.next("s-you")
	runAction(f.docsPage, chromedp.Reload())
	f.waitFor(`document.querySelector(".step.current")?.id === "s-resume"`)
	check("s-resume")
	f.next("s-you")
	check("s-you")
	runAction(f.docsPage, chromedp.SendKeys(chromedp.CSS("#assessor"), "AB"))
	f.next("s-place")
	check("s-place")
	f.choose("context", "kennel")
	f.next("s-look")
	check("s-look")
	f.choose("look", "full")
	for screen := "s-look"; screen != "s-send"; {
		runAction(f.docsPage, chromedp.Click(chromedp.CSS(`.step.current .buttons .primary`)))
		f.waitFor(fmt.Sprintf(`document.querySelector(".step.current").id !== %q`, screen))
		screen = f.screen()
		if trait, ok := strings.CutPrefix(screen, "q-"); ok {
			f.choose("level."+trait, "2")
		}
		check(screen)
	}
	f.next("s-done")
	f.waitFor(`document.querySelector("#done-title").textContent === "Thank you"`)
	check("s-done")
	all := f.token
	f.checkErrorScreens(check)
	f.token = all
	runAction(f.docsPage, chromedp.Navigate(f.proxy.URL+"/assess/sheet"))
	check("sheet")
	f.resize(1280, 900, false)
	f.colors("light")
	f.open()
	f.picture("desktop")
	for name, paper := range map[string]chromedp.PaperSize{"A4": chromedp.PaperA4, "Letter": chromedp.PaperLetter} {
		runAction(f.docsPage, chromedp.Navigate(f.proxy.URL+"/assess/sheet"))
		pdf := runAction(f.docsPage, chromedp.PrintToPDF(chromedp.PDFPaper(paper)))
		if pages := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1)); pages != 2 {
			t.Errorf("the sheet has %d pages of %s, want 2", pages, name)
		}
		if dir := os.Getenv("TRAILCAT_SCREENSHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, "sheet-"+name+".pdf"), pdf, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// checkErrorScreens checks the screens of visits and links that are refused, of a connection that is
// lost, and those without JavaScript.
func (f *formTest) checkErrorScreens(check func(name string)) {
	f.t.Helper()
	setQueue := func(queue string) {
		f.t.Helper()
		eval[chromedp.Void](f, `localStorage.setItem("trailcat.queue", '`+queue+`'); undefined`)
	}
	cat := f.firstCat() // alone, because long pages take long to check
	f.newLink("--cat", eval[string](f, `document.querySelector(".card small").textContent.split(" ")[0]`))
	setQueue(`[{"id": "0123456789abcdef", "name": "Aussie", "fields": [["cat", "999999999"]]}]`)
	f.open()
	f.waitFor(`document.querySelector("#queue").textContent.includes("Aussie: This link is not for this cat.")`)
	check("unknown-cat")
	setQueue(`[{"id": "0123456789abcdef", "name": "Aussie", "fields": [["cat", "` + cat + `"], ["days", "many"]]}]`)
	f.open()
	f.waitFor(`document.querySelector("#queue").textContent.includes("Enter the days as a number")`)
	check("refused")

	setQueue(`[{"id": "0123456789abcdef", "name": "Aussie", "fields": []}]`)
	for name, title := range map[string]string{"": "Open the link", "tc_form_wrong": "This link is not valid"} {
		runAction(f.docsPage, chromedp.Navigate(f.proxy.URL+"/assess?token="+name))
		f.waitFor(fmt.Sprintf(`document.title.startsWith(%q) && document.querySelector("#queue").textContent.includes("Open a new link")`, title))
		check("closed-" + name)
	}

	scripts := func(on bool) {
		f.t.Helper()
		runAction(f.docsPage, call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}))
	}
	scripts(false)
	f.open()
	scripts(true) // for axe; those of the page did not run
	check("plain")
	scripts(false)
	runAction(f.docsPage, chromedp.SendKeys(chromedp.CSS(`#s-send button`), kb.Enter))
	f.waitFor(`document.querySelector("#errors") !== null`)
	scripts(true)
	check("plain-errors")

	setQueue(`[]`)
	if status, body, err := request(f.t.Context(), http.MethodDelete, f.base+"/v1/cats/"+cat, f.key, ""); err != nil || status >= 300 {
		f.t.Fatalf("remove the cat: got %d %s, %v", status, body, err)
	}
	f.open()
	f.waitFor(`document.title.startsWith("The cat of this link is not listed anymore")`)
	check("closed-cat")

	eval[chromedp.Void](f, `caches.delete("trailcat-assess")`)
	f.proxy.down.Store(true)
	runAction(f.docsPage, chromedp.Navigate(f.proxy.URL+"/assess"))
	f.waitFor(`document.querySelector("h1")?.textContent === "There is no connection"`)
	check("no-connection")
	f.proxy.down.Store(false)
}

// readAxe returns the script of axe-core, which npm installs.
func readAxe(t *testing.T) string {
	t.Helper()
	const dir = "testdata/axe"
	if npm, err := exec.LookPath("npm"); err != nil && os.Getenv("CI") == "" {
		t.Skip("there is no npm: apt-get install npm")
	} else if out, err := exec.CommandContext(t.Context(), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", dir).CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v: %s", err, out)
	}
	script, err := os.ReadFile(filepath.Join(dir, "node_modules/axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(script))
}
