package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"trailcat/docs/openapi"
	"trailcat/internal/store/storetest"
)

// emptyOnDemo lists the operations that find nothing on the demo, and why.
var emptyOnDemo = map[string]string{
	"listDeliveries": "The webhook of the demo is unverified, so that no demo calls another server.",
	"listOutcomes":   "Outcomes are of adopted cats, and all cats of the demo are available.",
}

// readingPosts lists the operations that use POST and write nothing.
var readingPosts = []string{"matchCats", "previewAdventure"}

// resolved lists the operations whose references the page resolves, as it does for a reader. That
// takes half a second for each, and concerns schemas, not what is sent.
var resolved = []string{"listCats", "previewAdventure"}

// docsOperation is an operation as the page shows it.
type docsOperation struct {
	ID, Method, Path string
	key, admin       bool // whether it needs a key, or one of an operator
}

// docsResponse is the response to a request of the page.
type docsResponse struct {
	Status int    `json:"status"`
	URL    string `json:"url"`
	Text   string `json:"text"`
}

// docsPage is the documentation of a server, open in a browser.
type docsPage struct {
	t      *testing.T
	ctx    context.Context //nolint:containedctx // chromedp keeps the browser in it
	mu     sync.Mutex
	faults []string // errors on the console, and requests to other servers
}

// getPhoto is the operation that finds no photo, because the demo of the tests keeps none: drawing
// them takes long with the race detector.
const getPhoto = "getPhoto"

// TestDocs_EveryReadOfTheDemoFindsSomething executes the operations that only read, as the
// page fills them in.
func TestDocs_EveryReadOfTheDemoFindsSomething(t *testing.T) {
	t.Parallel()

	page, keys := openDocs(t)
	operations := docsOperations(t)
	groups := []struct {
		key     string
		include func(docsOperation) bool
	}{
		{"", func(o docsOperation) bool { return !o.key }},
		{keys.demo, func(o docsOperation) bool { return o.key && !o.admin }},
		{keys.admin, func(o docsOperation) bool { return o.admin }},
	}
	for _, group := range groups {
		page.authorize(group.key)
		for _, op := range operations {
			if isRead := op.Method == "get" || slices.Contains(readingPosts, op.ID); !isRead || !group.include(op) || op.ID == getPhoto {
				continue
			}
			response := page.execute(op)
			if response.Status < 200 || response.Status > 299 {
				t.Errorf("%s: got %d from %s: %.300s", op.ID, response.Status, response.URL, response.Text)
			}
			if reason, empty := emptyOnDemo[op.ID], isEmptyList(response.Text); empty != (reason != "") {
				t.Errorf("%s: got empty %t from %s, want %t. %s", op.ID, empty, response.URL, !empty, reason)
			}
		}
	}
	page.check()
}

// isEmptyList reports whether a body is empty, or JSON with an empty list as data.
func isEmptyList(body string) bool {
	var list struct {
		Data *[]json.RawMessage `json:"data"`
	}
	return body == "" || json.Unmarshal([]byte(body), &list) == nil && list.Data != nil && len(*list.Data) == 0
}

var liveKey = regexp.MustCompile(`tc_live_\w+`)

// docsKeys are a key of the demo's partner and one of an operator.
type docsKeys struct{ demo, admin string }

// openDocs opens the documentation of a demo.
func openDocs(t *testing.T) (*docsPage, docsKeys) {
	t.Helper()
	browser := findBrowser(t)
	database := storetest.URL(t, "sqlite")
	server := serve(t, "--demo", "--rate-limit", "0", "--key-rate-limit", "0", "--database", database)
	keys := docsKeys{demo: "", admin: newKey(t, database)}
	within(t, "the server prints the key of the demo", func() bool {
		keys.demo = liveKey.FindString(server.stdout.String())
		return keys.demo != ""
	})
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.WindowSize(1280, 900))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	page := &docsPage{t: t, ctx: ctx, mu: sync.Mutex{}, faults: nil}
	if err := chromedp.Listen(ctx, func(event any) { page.listen(event, server.base) }); err != nil { // starts the browser
		t.Fatal(err)
	}
	runAction(page, call(network.Enable, network.EnableParams{}))
	runAction(page, call(log.Enable, cdp.Empty{}))
	runAction(page, chromedp.Navigate(server.base))
	runAction(page, chromedp.WaitVisible(chromedp.CSS(".opblock")))
	runAction(page, chromedp.Evaluate[chromedp.Void](pageScript))
	return page, keys
}

// newKey creates an operator's key.
func newKey(t *testing.T, database string) string {
	t.Helper()
	text, _ := do(t, exitOK, "keys", "create", "--name", "docs", "--scope", "admin", "--json", "--database", database)
	return liveKey.FindString(text)
}

// findBrowser returns the path of a browser. Without one it skips the test, except in CI,
// where it fails.
func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("there is no browser: apt-get install chromium")
	}
	t.Skip("there is no browser: apt-get install chromium")
	return ""
}

// listen records what must not happen on the page.
func (p *docsPage) listen(event any, base string) {
	fault := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		fault = "exception: " + e.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			fault = "console: " + e.Args[len(e.Args)-1].Description
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			fault = "log: " + e.Entry.Text + " " + e.Entry.URL
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err != nil || (u.Scheme == "http" || u.Scheme == "https") && !strings.HasPrefix(e.Request.URL, base) {
			fault = "request to " + e.Request.URL
		}
	}
	if fault != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.faults = append(p.faults, fault)
	}
}

// check fails the test if something happened that must not.
func (p *docsPage) check() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.faults) > 0 {
		p.t.Errorf("the page has errors:\n%s", strings.Join(p.faults, "\n"))
	}
}

// runAction runs an action of the browser, with a time limit, and returns its result.
func runAction[T any](p *docsPage, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	result, err := chromedp.Run(ctx, action)
	if err != nil {
		p.check()
		p.t.Fatal(err)
	}
	return result
}

// call returns the action that runs a command of the browser.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[R] {
	return func(ctx context.Context, target *chromedp.Target) (R, error) {
		return cdp.Call(ctx, target, command, params)
	}
}

// pageScript defines the actions of the test on the page.
const pageScript = `
	const until = async (what, find) => {
		for (let i = 0; i < 3000; i++) {
			const found = find();
			if (found) return found;
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		throw new Error("waited 30 s for " + what);
	};
	window.executeOperation = async (id, method, path, resolve) => {
		const at = ["paths", path, method];
		const block = document.querySelector('.opblock[id$="-' + id + '"]');
		const toggle = () => block.querySelector(".opblock-summary-control").click();
		if (!resolve) ui.specActions.updateResolvedSubtree(at, ui.specSelectors.specJson().getIn(at).toJS());
		toggle();
		await until("the description of " + id, () => ui.specSelectors.specResolvedSubtree(at));
		(await until("the button Execute of " + id, () => block.querySelector("button.execute"))).click();
		await until("the response of " + id, () => block.querySelector(".live-responses-table"));
		toggle();
		const response = ui.specSelectors.responseFor(path, method).toJS();
		return { status: response.status, url: response.url, text: typeof response.text === "string" ? response.text : String(response.data || "") };
	};
	undefined;
`

// execute executes an operation as the page fills it in.
func (p *docsPage) execute(op docsOperation) docsResponse {
	p.t.Helper()
	expression := fmt.Sprintf("executeOperation(%q, %q, %q, %t)", op.ID, op.Method, op.Path, slices.Contains(resolved, op.ID))
	return runAction(p, chromedp.Evaluate[docsResponse](expression, chromedp.EvalAwaitPromise))
}

// authorize enters a key in the dialog of the page, in place of the present one; none if the key
// is empty.
func (p *docsPage) authorize(key string) {
	p.t.Helper()
	if key == "" {
		return
	}
	const dialog = ".dialog-ux .auth-container:first-of-type "
	runAction(p, chromedp.Click(chromedp.CSS(".auth-wrapper .authorize")))
	runAction(p, chromedp.WaitVisible(chromedp.CSS(".dialog-ux")))
	if runAction(p, chromedp.Evaluate[bool](fmt.Sprintf("document.querySelector(%q) === null", dialog+"input"))) {
		runAction(p, chromedp.Click(chromedp.CSS(dialog+".auth-btn-wrapper button")))
	}
	runAction(p, chromedp.SendKeys(chromedp.CSS(dialog+"input"), key))
	runAction(p, chromedp.Click(chromedp.CSS(dialog+"button.authorize")))
	runAction(p, chromedp.Click(chromedp.CSS(".dialog-ux button.btn-done")))
	runAction(p, chromedp.WaitNotPresent(chromedp.CSS(".dialog-ux")))
}

// docsOperations returns the operations of the document, in their order.
func docsOperations(t *testing.T) []docsOperation {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			ID       string                `json:"operationId"`
			Security []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(openapi.JSON, &doc); err != nil {
		t.Fatal(err)
	}
	var out []docsOperation
	for path, item := range doc.Paths {
		for method, op := range item {
			o := docsOperation{ID: op.ID, Method: method, Path: path, key: len(op.Security) > 0, admin: false}
			for _, scheme := range op.Security {
				o.admin = o.admin || slices.Equal(scheme["OAuth2"], []string{"admin"})
			}
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b docsOperation) int { return strings.Compare(a.Path+a.Method, b.Path+b.Method) })
	return out
}
