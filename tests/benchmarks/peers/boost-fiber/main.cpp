// The peer "boost-fiber": stackful fibers on one OS thread. One workload a process; prints one line of JSON.
#include <boost/fiber/all.hpp>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <unistd.h>
#include <vector>

namespace fibers = boost::fibers;
using Clock = std::chrono::steady_clock;

namespace {

// Stacks of 16 KiB, from a pool: many fibers fit, and none is made anew for each thread.
using Stacks = fibers::pooled_fixedsize_stack;
Stacks stacks(16 * 1024);

template <typename Body>
fibers::fiber start(Body&& body)
{
    return fibers::fiber(fibers::launch::post, std::allocator_arg, stacks, std::forward<Body>(body));
}

// The best of several repetitions: the one that the machine's other load disturbed least. All peers do the same.
double best(int repetitions, double operations, const std::function<void()>& run)
{
    double least = 1e300;
    for (int i = 0; i < repetitions; i++) {
        auto begin = Clock::now();
        run();
        std::chrono::duration<double, std::nano> took = Clock::now() - begin;
        least = std::min(least, took.count());
    }
    return least / operations;
}

void together(int count, const std::function<void()>& body)
{
    std::vector<fibers::fiber> all;
    for (int i = 0; i < count; i++)
        all.push_back(start(body));
    for (auto& fiber : all)
        fiber.join();
}

void yields(int count)
{
    together(2, [=] {
        for (int i = 0; i < count / 2; i++)
            boost::this_fiber::yield();
    });
}

void ping_pong(int count)
{
    fibers::unbuffered_channel<int> there, back;
    auto echo = start([&] {
        for (int i : there)
            back.push(i);
    });
    for (int i = 0; i < count / 2; i++) {
        there.push(i);
        back.value_pop();
    }
    there.close();
    echo.join();
}

void locks(int count)
{
    fibers::mutex mutex;
    for (int i = 0; i < count; i++) {
        mutex.lock();
        mutex.unlock();
    }
}

void contended(int count)
{
    fibers::mutex mutex;
    together(4, [&] {
        for (int i = 0; i < count / 4; i++) {
            mutex.lock();
            boost::this_fiber::yield();
            mutex.unlock();
        }
    });
}

void create_join(int count)
{
    for (int i = 0; i < count; i++)
        start([] {}).join();
}

// The paper's sumtime: a thread for each half, down to the single numbers, 2n - 1 threads in all.
long sum(long from, long to)
{
    if (to - from == 1)
        return from;
    long middle = (from + to) / 2, left = 0, right = 0;
    auto first = start([&left, from, middle] { left = sum(from, middle); });
    auto second = start([&right, middle, to] { right = sum(middle, to); });
    first.join();
    second.join();
    return left + right;
}

void sumtime(long n)
{
    if (sum(0, n) != n * (n - 1) / 2)
        std::abort();
}

long resident()
{
    long size = 0, pages = 0;
    FILE* file = std::fopen("/proc/self/statm", "r");
    if (std::fscanf(file, "%ld %ld", &size, &pages) != 2)
        std::abort();
    std::fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

double sleeping_bytes(int count)
{
    long before = resident();
    for (int i = 0; i < count; i++)
        start([] { boost::this_fiber::sleep_for(std::chrono::hours(1)); }).detach();
    boost::this_fiber::sleep_for(std::chrono::milliseconds(500));
    return double(resident() - before) / count;
}

} // namespace

int main(int, char** arguments)
{
    std::string name = arguments[1];
    const char* unit = "ns";
    double value;
    if (name == "yield")
        value = best(10, 1e6, [] { yields(1000000); });
    else if (name == "ping-pong")
        value = best(10, 5e5, [] { ping_pong(500000); });
    else if (name == "mutex")
        value = best(10, 2e6, [] { locks(2000000); });
    else if (name == "mutex-contended")
        value = best(10, 2e5, [] { contended(200000); });
    else if (name == "create-join")
        value = best(10, 2e5, [] { create_join(200000); });
    else if (name == "sumtime-2000")
        unit = "ms", value = best(100, 1e6, [] { sumtime(2000); });
    else if (name == "sumtime-100000")
        unit = "ms", value = best(4, 1e6, [] { sumtime(100000); });
    else if (name == "sleeping-thread-bytes")
        unit = "bytes", value = sleeping_bytes(20000);
    else
        return 2;
    std::printf("{\"name\":\"%s\",\"peer\":\"boost-fiber\",\"unit\":\"%s\",\"value\":%g}\n", name.c_str(), unit, value);
    std::fflush(stdout);
    _exit(0); // fibers that still sleep are not waited for
}
