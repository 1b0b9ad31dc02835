"""Prints what filterpy's Kalman filter makes of a series, as numbers of alert_model_test.cpp.

    python3 -m pip install filterpy==1.4.5
    python3 tests/schemes/alert_reference.py

The process noise of ALERT follows the innovations; here it is worked out beside the filter and
handed to it, so that gain, mean and variance are the reference's own.
"""

import numpy as np
from filterpy.kalman import KalmanFilter

ALPHA, Q0, R, K0, VARIANCE0 = 0.3, 0.1, 0.001, 0.5, 0.1
RATIOS = [1.02, 0.97, 1.6, 1.71, 1.55, 2.9, 2.4, 1.05, 0.99, 1.01]


def slowdown():
    """ALERT's filter of the slowdown; prints mean and predicted variance after each update."""
    kalman = KalmanFilter(dim_x=1, dim_z=1)
    kalman.x = np.array([[1.0]])
    kalman.F = kalman.H = np.array([[1.0]])
    kalman.R = np.array([[R]])
    kalman.P = np.array([[(1 - K0) * VARIANCE0]])  # after a first update with gain K0
    noise, gain, innovation = Q0, K0, 0.0
    for ratio in RATIOS:
        noise = max(Q0, ALPHA * noise + (1 - ALPHA) * (gain * innovation) ** 2)
        kalman.predict(Q=np.array([[noise]]))
        predicted = kalman.P[0, 0]
        kalman.update(np.array([[ratio]]))
        gain, innovation = kalman.K[0, 0], kalman.y[0, 0]
        print(f"    {{{ratio}, {kalman.x[0, 0]:.15g}, {predicted:.15g}}},")


def idle():
    """ALERT's filter of the idle-power ratio; prints the ratio after each update."""
    kalman = KalmanFilter(dim_x=1, dim_z=1)
    kalman.x = np.array([[0.25]])
    kalman.F = kalman.H = np.array([[1.0]])
    kalman.R = np.array([[1e-3]])
    kalman.P = np.array([[0.01]])
    kalman.Q = np.array([[1e-4]])
    for ratio in [0.3, 0.6, 0.55, 0.58, 0.2, 0.22]:
        kalman.predict()
        kalman.update(np.array([[ratio]]))
        print(f"    {{{ratio}, {kalman.x[0, 0]:.15g}}},")


slowdown()
print()
idle()
