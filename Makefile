# The two commands of the README are `make demo` and `make test`; `make help` lists the rest.

SHELL := /bin/bash
export DOTNET_NOLOGO := 1
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
# A build server that outlives the build would keep the priority and the environment of whoever started it.
export MSBUILDDISABLENODEREUSE := 1
# A program looks for .NET where DOTNET_ROOT says and in the system's folders; an SDK in one's home is in the PATH only.
SDK := $(patsubst %/dotnet,%,$(realpath $(shell command -v dotnet)))
ifneq ($(wildcard $(SDK)/host/fxr),)
export DOTNET_ROOT ?= $(SDK)
endif

LAB := interactive-kernel/CommandLine/bin/Release/net10.0/lab

.PHONY: help demo test pack bench-core bench-stock bench-reactivity bench-patched kernel kernel-debug kernel-deb bench-kernel test-kernel install uninstall need-dotnet

help: ## Lists the commands.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 20

demo: $(LAB) ## Runs the quickstart notebook and makes a page of it: out/quickstart.html. Needs the .NET SDK; builds the patched kernel where it can.
	@echo "== The patched kernel (six minutes the first time, where QEMU and a compiler are there or may be installed)"
	@kernel-patch/build vm </dev/null >/dev/null || echo "== Going on without the patched machine; 'make kernel' tries again"
	@echo "== Running notebooks/quickstart.ipynb: two policies, two or three machines, runs of two seconds (one to three minutes)"
	@mkdir -p out
	@$(LAB) run notebooks/quickstart.ipynb --output out/quickstart.ipynb --html out/quickstart.html
	@echo "== Open out/quickstart.html in a browser. 'make install' brings the kernel into your Jupyter."

test: need-dotnet ## Runs all tests; installs the Debian packages they need (asks for root for that only) and builds the patched kernel.
	@tests/install-packages
	@tests/run

pack: need-dotnet ## Makes the NuGet package for .NET Interactive in out/packages.
	@echo "== Packing for .NET Interactive (about a minute)"
	@dotnet pack interactive-kernel/Notebook/Package -c Release -o out/packages -v quiet
	@ls out/packages/*.nupkg

bench-core: need-dotnet ## Measures the core thread system beside Go, Boost.Fiber, pthreads and tasks (a quarter of an hour; writes out/bench/core.json).
	@tests/benchmarks/bench-core

bench-stock: need-dotnet ## Measures IoFirst against round robin on this computer's kernel (about a minute and a half).
	@dotnet build tests/benchmarks/StockReactivity -c Release -v quiet
	@dotnet exec tests/benchmarks/StockReactivity/bin/Release/net10.0/SchedulerActivations.StockReactivity.dll

bench-reactivity: need-dotnet ## Measures how soon a thread answers its event beside computing ones: ours, kernel threads, signals, epoll, Go, thread pool (half an hour).
	@tests/benchmarks/bench-reactivity

bench-patched: need-dotnet ## Of the patched machine in the VM: 10 000 threads blocked at once, collector pauses, what the simulated machine foretells, a soak of ten minutes (three quarters of an hour).
	@tests/benchmarks/bench-patched

# The kernel part stands on its own: its folder's README tells the rest.
kernel: ## Builds the patched kernel for the VM (six minutes, once).
kernel-debug: ## The same with the kernel's checkers on (fifteen minutes, once).
kernel-deb: ## Debian packages of a full-featured patched kernel (hours).
bench-kernel: ## The kernel's micro-benchmarks, in the VM; writes out/bench/kernel.json.
kernel kernel-debug kernel-deb bench-kernel:
	@$(MAKE) --no-print-directory -C kernel-patch $@

test-kernel: ## The kernel part's self-tests, in the VM (ten minutes the first time).
	@$(MAKE) --no-print-directory -C kernel-patch test

# Ahead of time: else every session's first cell waits until the C# compiler has been compiled.
install: need-dotnet ## Registers the kernel with your Jupyter (compiles it ahead of time: a minute and a half, the first time).
	@echo "== Compiling lab ahead of time into out/lab (a minute and a half; the first time it fetches the compiler for that)"
	@dotnet publish interactive-kernel/CommandLine -c Release -p:PublishReadyToRun=true -o out/lab -v quiet
	@out/lab/lab jupyter install --user
	@echo "== The command line is $(CURDIR)/out/lab/lab: 'lab run' runs a notebook without Jupyter, 'lab vm' a command under the patched kernel"

uninstall: $(LAB) ## Takes the kernel out of your Jupyter.
	@$(LAB) jupyter uninstall --user

# Always built anew: dotnet knows best what has changed.
.PHONY: $(LAB)
$(LAB): need-dotnet
	@echo "== Building lab (the first time it fetches NuGet packages: a minute or two)"
	@dotnet build interactive-kernel/CommandLine -c Release -v quiet

need-dotnet:
	@command -v dotnet >/dev/null || { echo "The .NET SDK 10 is missing. Install it from your distribution (package dotnet-sdk-10.0) or from https://dotnet.microsoft.com, then run this again." >&2; exit 1; }
	@dotnet --list-sdks | grep -q '^1[0-9]\.' || { echo "The .NET SDK 10 or later is needed; found: $$(dotnet --list-sdks | tr '\n' ' ')" >&2; exit 1; }
