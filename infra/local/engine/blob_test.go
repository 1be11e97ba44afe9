package engine

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
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
	open := func(t *testing.T) *blob.Bucket {
		name := fmt.Sprintf("bucket-%d", n.Add(1))
		if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
			t.Fatal(err)
		}
		return blob.New(client, name)
	}
	blobtest.Run(t, func(t *testing.T) publish.Store { return open(t) })
	blobtest.RunLarge(t, func(t *testing.T) blobtest.LargeStore { return open(t) })
}

func TestVaultKeepsThePromisesOfTheFake(t *testing.T) {
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
	blobtest.RunVault(t, func(t *testing.T, now func() time.Time) blobtest.Vault {
		name := fmt.Sprintf("vault-%d", n.Add(1))
		_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name, ObjectLockEnabledForBucket: aws.Bool(true)})
		if err != nil {
			t.Fatal(err)
		}
		return blob.NewVault(client, name, now)
	})
}
