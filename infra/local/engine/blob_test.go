package engine

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"ksbb/shared/blob"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/publish"
)

// What the store in memory promises, a store that speaks S3 promises too: a
// flipped condition would survive on the fake alone.
func TestBucketKeepsThePromisesOfTheFake(t *testing.T) {
	e, err := S3(t.TempDir(), "ap-southeast-3", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	client := s3.New(s3.Options{
		BaseEndpoint: &e.URL, UsePathStyle: true, Region: "ap-southeast-3",
		Credentials: credentials.NewStaticCredentialsProvider(Key, Secret, ""),
	})
	var n atomic.Int64
	blobtest.Run(t, func(t *testing.T) publish.Store {
		name := fmt.Sprintf("bucket-%d", n.Add(1))
		if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
			t.Fatal(err)
		}
		return blob.New(client, name)
	})
}
