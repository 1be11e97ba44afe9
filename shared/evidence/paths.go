package evidence

import (
	"strings"

	"ksbb/shared/aid"
)

// Originals is where in the bucket the files lie as they came.
const Originals = "original/"

// DisplayPath returns where the copy lies that is shown large.
func DisplayPath(e aid.Evidence) string { return copyPath("display/", e) }

// ThumbPath returns where the copy lies that is shown small.
func ThumbPath(e aid.Evidence) string { return copyPath("thumb/", e) }

func copyPath(folder string, e aid.Evidence) string {
	return folder + strings.TrimPrefix(e.Path(), Originals) + ".jpg"
}
