package catalog

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	youTubeID     = regexp.MustCompile(`^[A-Za-z0-9_-]{11}$`)
	youTubeList   = regexp.MustCompile(`^[A-Za-z0-9_-]{12,64}$`)
	vimeoID       = regexp.MustCompile(`^[0-9]{5,12}$`)
	vimeoHash     = regexp.MustCompile(`^[0-9a-f]{8,12}$`)
	dailymotionID = regexp.MustCompile(`^[A-Za-z0-9]{5,24}$`)
)

// withPlayers returns a copy of videos in which each has a player, if its page has one.
func withPlayers(videos []Video) []Video {
	var out []Video
	for _, v := range videos {
		if v.EmbedURL == "" {
			v.EmbedURL = embedURL(v.URL)
		}
		out = append(out, v)
	}
	return out
}

// embedURL returns the address of the player of a video on YouTube, Vimeo or
// Dailymotion, which pages show in an iframe. It returns "" for any other page.
func embedURL(page string) string {
	u, err := url.Parse(page)
	if err != nil {
		return ""
	}
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	switch host := strings.ToLower(u.Hostname()); {
	case host == "youtu.be":
		return youTubePlayer(path[0], u)
	case isHost(host, "youtube.com"), isHost(host, "youtube-nocookie.com"):
		return youTubeEmbed(u, path)
	case isHost(host, "vimeo.com"):
		return vimeoEmbed(u, path)
	case host == "dai.ly":
		return dailymotionPlayer(path[0])
	case isHost(host, "dailymotion.com"):
		if i := slices.Index(path, "video"); i >= 0 && i+1 < len(path) {
			return dailymotionPlayer(path[i+1])
		}
		return dailymotionPlayer(u.Query().Get("video"))
	}
	return ""
}

// isHost reports whether a host is a domain or below it.
func isHost(host, domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) }

// youTubeEmbed returns the player for a page of YouTube: watch?v=ID, shorts/ID, live/ID,
// embed/ID, v/ID, a playlist, or a link to one of these.
func youTubeEmbed(u *url.URL, path []string) string {
	query := u.Query()
	if target := query.Get("u"); path[0] == "attribution_link" && target != "" {
		return embedURL("https://www.youtube.com" + target)
	}
	if id := query.Get("v"); youTubeID.MatchString(id) {
		return youTubePlayer(id, u)
	}
	if len(path) == 2 && slices.Contains([]string{"watch", "shorts", "live", "embed", "v", "e"}, path[0]) {
		if player := youTubePlayer(path[1], u); player != "" {
			return player
		}
	}
	if list := query.Get("list"); youTubeList.MatchString(list) {
		return "https://www.youtube.com/embed/videoseries?list=" + list
	}
	return ""
}

// youTubePlayer returns the player of a video, from the second at which the link starts.
func youTubePlayer(id string, link *url.URL) string {
	if !youTubeID.MatchString(id) {
		return ""
	}
	player := "https://www.youtube.com/embed/" + id
	query := link.Query()
	for _, text := range []string{query.Get("start"), query.Get("t")} {
		if start := seconds(text); start > 0 {
			return player + "?start=" + strconv.Itoa(start)
		}
	}
	return player
}

// seconds parses a time such as 90, 90s or 1m30s. It returns 0 for any other text.
func seconds(text string) int {
	if n, err := strconv.ParseUint(text, 10, 20); err == nil {
		return int(n)
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0
	}
	return int(d.Seconds())
}

// vimeoEmbed returns the player for a page of Vimeo. The path has the number of the
// video, after which an unlisted video has a hash.
func vimeoEmbed(u *url.URL, path []string) string {
	for i, number := range slices.Backward(path) {
		if !vimeoID.MatchString(number) {
			continue
		}
		if i > 0 && slices.Contains([]string{"showcase", "album", "user"}, path[i-1]) {
			return ""
		}
		player, hash := "https://player.vimeo.com/video/"+number, u.Query().Get("h")
		if i+1 < len(path) {
			hash = path[i+1]
		}
		if vimeoHash.MatchString(hash) {
			player += "?h=" + hash
		}
		return player
	}
	return ""
}

func dailymotionPlayer(id string) string {
	id, _, _ = strings.Cut(id, "_") // x8abcd_title-of-the-video
	if !dailymotionID.MatchString(id) {
		return ""
	}
	return "https://geo.dailymotion.com/player.html?video=" + id
}
