//go:build bench

package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	sentPhotos     = 1000
	photoSenders   = 4
	photoTestCats  = 20_000
	photoPollEvery = 50 * time.Millisecond
)

// TestPhotos measures only photos.
func TestPhotos(t *testing.T) { //nolint:paralleltest // parallel tests would distort the measurements
	table := newTable(benchSize(t))
	defer func() { _, _ = fmt.Fprint(os.Stdout, table) }()
	measurePhotos(t, table)
}

// measurePhotos sends photos of 12 million pixels to a server with 20,000 cats, as fast as it
// accepts them, and measures searches meanwhile, as measureSearchesDuringImport does, and the memory of
// the processes.
func measurePhotos(t *testing.T, table *table) {
	t.Helper()
	binary, database := buildServer(t), "sqlite:"+filepath.Join(t.TempDir(), "photos.db")
	loadDemo(t, binary, database, size{cats: photoTestCats, shelters: 55})
	recomputeRatings(t, binary, database)
	key := regexp.MustCompile(`tc_live_\w+`).FindString(run(t, "", binary, "keys", "create", "--database", database, "--name", "bench", "--scope", "admin"))
	server := startServer(t, binary, database, "--log-level", "error", "--key-rate-limit", "0")
	defer server.stop()
	cats, photos := catIDs(t, server.url, sentPhotos), largePhotos(t)
	paths := comparisons()[0].paths
	address := strings.TrimPrefix(server.url, "http://")
	quietSamples := func() samples { return searchLatencies(t, address, paths, func() { time.Sleep(quietSearches) }) }
	quiet := quietSamples()
	pid := server.command.Process.Pid
	serverPeak := watchPeak(photoPollEvery, func() float64 { return memoryOf(pid) })
	childPeak := watchPeak(photoPollEvery, func() float64 { return largestChild(pid) })
	var elapsed time.Duration
	sending := searchLatencies(t, address, paths, func() {
		started := time.Now()
		sendPhotos(t, server.url, key, cats, photos)
		elapsed = time.Since(started)
	})
	serverMemory, childMemory := serverPeak(), childPeak()
	quiet = append(quiet, quietSamples()...)
	ratio := percentile(sending, 99) / percentile(quiet, 99)
	table.addRow(fmt.Sprintf("%d photos of 12 megapixels and %s MB, sent by %d senders", sentPhotos, formatNumber(float64(len(photos[0]))/1e6), photoSenders), fmt.Sprintf("%s photos/s", formatNumber(sentPhotos/elapsed.Seconds())), "", "", "", true)
	table.addRow(fmt.Sprintf("%d searches/s meanwhile", searchesPerSecond), formatLatency(sending), "quiet "+formatLatency(quiet), "p99 "+formatNumber(ratio), "≤ 2 × quiet p99", ratio <= 2)
	table.addRow("memory of a process that reads photos, at most", formatNumber(childMemory/1e6)+" MB", fmt.Sprintf("the server itself %s MB", formatNumber(serverMemory/1e6)), "", "≤ 200 MB", childMemory <= 200e6)
}

// catIDs returns the IDs of the first n cats of a list.
func catIDs(t *testing.T, base string, n int) []string {
	t.Helper()
	var ids []string
	for next := ""; len(ids) < n; {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/v1/cats?fields=id&limit=100"+next, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Data []struct{ ID string }
			Page struct {
				NextCursor string `json:"next_cursor"`
			}
		}
		err = json.NewDecoder(response.Body).Decode(&page)
		_ = response.Body.Close()
		if err != nil || len(page.Data) == 0 {
			t.Fatalf("list cats: %v, %d cats", err, len(page.Data))
		}
		for _, cat := range page.Data {
			ids = append(ids, cat.ID)
		}
		next = "&cursor=" + page.Page.NextCursor
	}
	return ids[:n]
}

// largePhotos returns different JPEG files with 12 million pixels, with gradients and some noise.
func largePhotos(t *testing.T) [][]byte {
	t.Helper()
	out := make([][]byte, 4)
	for n := range out {
		random := rand.New(rand.NewPCG(uint64(n), 1))
		img := image.NewRGBA(image.Rect(0, 0, 4032, 3024))
		for y := range 3024 {
			for x := range 4032 {
				wave := math.Sin(float64(x+n*300)/90) + math.Cos(float64(y)/70)
				v := int(128+50*wave) + random.IntN(12)
				img.SetRGBA(x, y, color.RGBA{R: uint8(v), G: uint8(v * 3 / 4), B: uint8(255 - v), A: 255})
			}
		}
		var file bytes.Buffer
		if err := jpeg.Encode(&file, img, &jpeg.Options{Quality: 88}); err != nil {
			t.Fatal(err)
		}
		out[n] = file.Bytes()
	}
	return out
}

// sendPhotos sends a photo for each cat. No two are the same file. A photo that is refused
// because too many wait is sent again.
func sendPhotos(t *testing.T, base, key string, cats []string, photos [][]byte) {
	t.Helper()
	var next atomic.Int64
	var work sync.WaitGroup
	for range photoSenders {
		work.Go(func() {
			for n := int(next.Add(1)) - 1; n < len(cats); n = int(next.Add(1)) - 1 {
				file := append(bytes.Clone(photos[n%len(photos)]), strconv.Itoa(n)...) // after the end of the image
				for sendPhoto(t, base+"/v1/cats/"+cats[n]+"/photos", key, file) == http.StatusServiceUnavailable {
					time.Sleep(time.Second)
				}
			}
		})
	}
	work.Wait()
}

func sendPhoto(t *testing.T, url, key string, file []byte) int {
	t.Helper()
	status, body := post(t, url, key, "image/jpeg", file)
	if status != http.StatusOK && status != http.StatusServiceUnavailable {
		t.Errorf("send a photo: %d %s", status, body)
	}
	return status
}

// largestChild returns the most resident memory that a child process of a process has, in bytes.
func largestChild(pid int) float64 {
	largest := 0.0
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, name := range tasks {
		children, _ := os.ReadFile(name)
		for _, child := range strings.Fields(string(children)) {
			if id, err := strconv.Atoi(child); err == nil {
				largest = max(largest, memoryOf(id))
			}
		}
	}
	return largest
}
