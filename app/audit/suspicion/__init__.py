"""What is unusual in a case: order, hands, posts, times. Each finding says where and why, and accuses nobody."""
