package catalog

import "testing"

func TestNormalize_EmbedsVideos(t *testing.T) {
	t.Parallel()

	const (
		player = "https://www.youtube.com/embed/dQw4w9WgXcQ"
		vimeo  = "https://player.vimeo.com/video/123456789"
		daily  = "https://geo.dailymotion.com/player.html?video=x8abcde"
	)
	for page, want := range map[string]string{
		"https://www.youtube.com/watch?v=dQw4w9WgXcQ":                                    player,
		"http://youtube.com/watch?v=dQw4w9WgXcQ":                                         player,
		"https://m.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ&feature=youtu.be":         player,
		"https://music.youtube.com/watch?v=dQw4w9WgXcQ":                                  player,
		"HTTPS://WWW.YOUTUBE.COM/watch?v=dQw4w9WgXcQ#top":                                player,
		"https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1m30s":                            player + "?start=90",
		"https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PLxxxxxxxxxxxxxxxx&index=3":    player,
		"https://youtu.be/dQw4w9WgXcQ":                                                   player,
		"https://youtu.be/dQw4w9WgXcQ?si=abcdefgh&t=42":                                  player + "?start=42",
		"https://youtu.be/dQw4w9WgXcQ/":                                                  player,
		"https://www.youtube.com/shorts/dQw4w9WgXcQ?feature=share":                       player,
		"https://www.youtube.com/live/dQw4w9WgXcQ":                                       player,
		"https://www.youtube.com/v/dQw4w9WgXcQ":                                          player,
		"https://www.youtube.com/e/dQw4w9WgXcQ":                                          player,
		"https://www.youtube.com/watch/dQw4w9WgXcQ":                                      player,
		"https://www.youtube.com/embed/dQw4w9WgXcQ?start=7&autoplay=1":                   player + "?start=7",
		"https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ":                             player,
		"https://www.youtube.com/attribution_link?a=x&u=/watch%3Fv%3DdQw4w9WgXcQ%26f%3D": player,
		"https://www.youtube.com/playlist?list=PLxxxxxxxxxxxxxxxx":                       "https://www.youtube.com/embed/videoseries?list=PLxxxxxxxxxxxxxxxx",
		"https://www.youtube.com/watch?v=short":                                          "",
		"https://www.youtube.com/@shelter":                                               "",
		"https://www.youtube.com/":                                                       "",
		"https://notyoutube.com/watch?v=dQw4w9WgXcQ":                                     "",
		"https://youtube.com.example.org/watch?v=dQw4w9WgXcQ":                            "",
		"https://vimeo.com/123456789":                                                    vimeo,
		"https://www.vimeo.com/123456789?share=copy":                                     vimeo,
		"https://vimeo.com/123456789/abcdef1234":                                         vimeo + "?h=abcdef1234",
		"https://vimeo.com/123456789?h=abcdef1234":                                       vimeo + "?h=abcdef1234",
		"https://vimeo.com/channels/staffpicks/123456789":                                vimeo,
		"https://vimeo.com/groups/cats/videos/123456789":                                 vimeo,
		"https://vimeo.com/showcase/7654321/video/123456789":                             vimeo,
		"https://vimeo.com/showcase/7654321":                                             "",
		"https://player.vimeo.com/video/123456789?h=abcdef1234&title=0":                  vimeo + "?h=abcdef1234",
		"https://vimeo.com/shelter":                                                      "",
		"https://www.dailymotion.com/video/x8abcde":                                      daily,
		"https://www.dailymotion.com/video/x8abcde_a-cat":                                daily,
		"https://www.dailymotion.com/embed/video/x8abcde":                                daily,
		"https://geo.dailymotion.com/player.html?video=x8abcde":                          daily,
		"https://dai.ly/x8abcde":                                                         daily,
		"https://videos.example.org/cat.mp4":                                             "",
	} {
		f := Facts{Videos: []Video{{URL: page}}}
		f.Normalize()
		if got := f.Videos[0].EmbedURL; got != want {
			t.Errorf("%s: embedded as %q, want %q", page, got, want)
		}
	}
}

func TestNormalize_KeepsGivenPlayer(t *testing.T) {
	t.Parallel()

	given := Video{URL: "https://youtu.be/dQw4w9WgXcQ", EmbedURL: "https://player.example.org/1"}
	f := Facts{Videos: []Video{given}}
	f.Normalize()
	if f.Videos[0] != given {
		t.Errorf("got %+v, want %+v", f.Videos[0], given)
	}
}
