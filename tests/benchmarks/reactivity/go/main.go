// Go: one goroutine waits for events, others compute. Same command line and same line of JSON as the peers in C.
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"net"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

var (
	variant    = flag.String("variant", "go", "")
	source     = flag.String("source", "timerfd", "timerfd, pipe or tcp")
	computing  = flag.Int("computing", 0, "goroutines that compute beside")
	processors = flag.Int("processors", 1, "")
	events     = flag.Int("events", 500, "")
	interval   = flag.Int64("interval", 5000, "mean, microseconds")
	seed       = flag.Uint64("seed", 1, "")
	_          = flag.Int("chunk", 0, "not used: the runtime preempts goroutines anywhere")
)

const (
	clockMonotonic = 1
	timerAbsolute  = 1
	stepsAtOnce    = 20000
	warmUp         = 200 // events that do not count, as in c/common.h
)

var (
	stepsDone uint64
	latencies []int64
)

func now() int64 {
	var time syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&time)), 0)
	return time.Nano()
}

// splitmix64, as in c/common.c.
func intervalBefore(event int) int64 {
	mean := *interval * 1000
	x := *seed*0x9E3779B97F4A7C15 + uint64(event+1)*0xD1342543DE82EF95
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return mean/2 + int64((x^x>>31)%uint64(mean))
}

//go:noinline
func compute(steps int) uint64 {
	x := uint64(88172645463325252)
	for i := 0; i < steps; i++ {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}

var sink uint64

func calibrate() float64 {
	fastest := 0.0
	for i := 0; i < 15; i++ {
		start := now()
		sink = compute(200000)
		fastest = math.Max(fastest, 200000/float64(now()-start))
	}
	return fastest
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "go:", err)
		os.Exit(1)
	}
}

// A timer descriptor that Go's network poller waits for.
func waitForTimer(timer *os.File, descriptor uintptr, due int64) {
	at := [4]int64{0, 0, due / 1e9, due % 1e9}
	_, _, errno := syscall.Syscall6(syscall.SYS_TIMERFD_SETTIME, descriptor, timerAbsolute, uintptr(unsafe.Pointer(&at)), 0, 0, 0)
	if errno != 0 {
		check(errno)
	}
	var expirations [8]byte
	_, err := timer.Read(expirations[:])
	check(err)
}

// The handler's first instruction for an event that was due then.
func handled(due int64) {
	latencies = append(latencies, now()-due)
}

func main() {
	flag.Parse()
	runtime.GOMAXPROCS(*processors)
	speed := calibrate()
	*events += warmUp
	latencies = make([]int64, 0, *events)
	for i := 0; i < *computing; i++ {
		go func() {
			for {
				compute(stepsAtOnce)
				atomic.AddUint64(&stepsDone, stepsAtOnce)
			}
		}()
	}
	descriptor, _, errno := syscall.Syscall(syscall.SYS_TIMERFD_CREATE, clockMonotonic, syscall.O_NONBLOCK, 0)
	if errno != 0 {
		check(errno)
	}
	timer := os.NewFile(descriptor, "timer")
	var input interface{ Read([]byte) (int, error) }
	switch *source {
	case "pipe":
		check(syscall.SetNonblock(0, true))
		input = os.NewFile(0, "pipe")
	case "tcp":
		connection, err := net.FileConn(os.Stdin)
		check(err)
		input = connection
	}

	fmt.Println("ready")
	_, err := os.NewFile(3, "launcher").Read(make([]byte, 1))
	check(err)
	began, stepsBefore := now(), atomic.LoadUint64(&stepsDone)
	for event, due := 0, began; event < *events; event++ {
		if input == nil {
			due += intervalBefore(event)
			if due > now() {
				waitForTimer(timer, descriptor, due)
			}
			handled(due)
			continue
		}
		var sent [8]byte
		if n, _ := input.Read(sent[:]); n != len(sent) {
			break
		}
		handled(int64(binary.LittleEndian.Uint64(sent[:])))
	}
	elapsed := now() - began
	steps := atomic.LoadUint64(&stepsDone) - stepsBefore
	counted := fmt.Sprint(latencies[min(warmUp, len(latencies)):])
	fmt.Printf("{\"variant\":\"%s\",\"source\":\"%s\",\"computing\":%d,\"processors\":%d,\"events\":%d,"+
		"\"throughput\":%.4f,\"seconds\":%.3f,\"latencies\":%s}\n",
		*variant, *source, *computing, *processors, *events-warmUp,
		float64(steps)/speed/float64(elapsed)/float64(*processors), time.Duration(elapsed).Seconds(), strings.ReplaceAll(counted, " ", ","))
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
