// The peer "go": goroutines at GOMAXPROCS=1. One workload a process; prints one line of JSON.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The best of several repetitions: the one that the machine's other load disturbed least. All peers do the same.
func best(repetitions int, operations int, run func()) float64 {
	least := time.Duration(1 << 62)
	for i := 0; i < repetitions; i++ {
		start := time.Now()
		run()
		if took := time.Since(start); took < least {
			least = took
		}
	}
	return float64(least.Nanoseconds()) / float64(operations)
}

func together(count int, body func()) {
	var done sync.WaitGroup
	done.Add(count)
	for i := 0; i < count; i++ {
		go func() {
			body()
			done.Done()
		}()
	}
	done.Wait()
}

func yields(count int) func() {
	return func() {
		together(2, func() {
			for i := 0; i < count/2; i++ {
				runtime.Gosched()
			}
		})
	}
}

func pingPong(count int) {
	there, back := make(chan int), make(chan int)
	go func() {
		for i := range there {
			back <- i
		}
	}()
	for i := 0; i < count/2; i++ {
		there <- i
		<-back
	}
	close(there)
}

func locks(count int) {
	var mutex sync.Mutex
	for i := 0; i < count; i++ {
		mutex.Lock()
		mutex.Unlock()
	}
}

func contended(count int) {
	var mutex sync.Mutex
	together(4, func() {
		for i := 0; i < count/4; i++ {
			mutex.Lock()
			runtime.Gosched()
			mutex.Unlock()
		}
	})
}

func createJoin(count int) {
	for i := 0; i < count; i++ {
		done := make(chan struct{})
		go close(done)
		<-done
	}
}

// The paper's sumtime: a thread for each half, down to the single numbers, 2n - 1 threads in all.
func sum(answer chan int, from, to int) {
	if to-from == 1 {
		answer <- from
		return
	}
	middle := (from + to) / 2
	left, right := make(chan int), make(chan int)
	go sum(left, from, middle)
	go sum(right, middle, to)
	answer <- <-left + <-right
}

func sumtime(n int) {
	answer := make(chan int)
	go sum(answer, 0, n)
	if <-answer != n*(n-1)/2 {
		panic("wrong sum")
	}
}

// https://github.com/atemerev/skynet: ten children each, down to the leaves.
func skynet(answer chan int, number, size int) {
	if size == 1 {
		answer <- number
		return
	}
	children := make(chan int, 10)
	for i := 0; i < 10; i++ {
		go skynet(children, number+i*(size/10), size/10)
	}
	total := 0
	for i := 0; i < 10; i++ {
		total += <-children
	}
	answer <- total
}

func resident() int {
	text, _ := os.ReadFile("/proc/self/statm")
	pages, _ := strconv.Atoi(strings.Fields(string(text))[1])
	return pages * os.Getpagesize()
}

func sleepingBytes(count int) float64 {
	before := resident()
	for i := 0; i < count; i++ {
		go time.Sleep(time.Hour)
	}
	time.Sleep(2 * time.Second)
	runtime.GC()
	return float64(resident()-before) / float64(count)
}

func main() {
	runtime.GOMAXPROCS(1)
	name, unit, value := os.Args[1], "ns", 0.0
	switch name {
	case "yield":
		value = best(10, 1000000, yields(1000000))
	case "ping-pong":
		value = best(10, 500000, func() { pingPong(500000) })
	case "mutex":
		value = best(10, 2000000, func() { locks(2000000) })
	case "mutex-contended":
		value = best(10, 200000, func() { contended(200000) })
	case "create-join":
		value = best(10, 200000, func() { createJoin(200000) })
	case "sumtime-2000":
		unit, value = "ms", best(1000, 1000000, func() { sumtime(2000) })
	case "sumtime-100000":
		unit, value = "ms", best(8, 1000000, func() { sumtime(100000) })
	case "sumtime-1000000":
		unit, value = "ms", best(3, 1000000, func() { sumtime(1000000) })
	case "skynet-1000000":
		unit, value = "ms", best(10, 1000000, func() {
			answer := make(chan int)
			go skynet(answer, 0, 1000000)
			<-answer
		})
	case "sleeping-thread-bytes":
		unit, value = "bytes", sleepingBytes(200000)
	default:
		fmt.Fprintln(os.Stderr, "unknown workload", name)
		os.Exit(2)
	}
	fmt.Printf("{\"name\":%q,\"peer\":\"go\",\"unit\":%q,\"value\":%g}\n", name, unit, value)
}
