#include "mhck.h"
